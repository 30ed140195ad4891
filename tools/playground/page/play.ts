/**
 * The playground: texts that go on from a prefix, and what else could have come at each place.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { make } from "../../page/elements.ts";
import type { Generated, ModelFacts } from "../protocol.ts";
import type { Call, Calls } from "./calls.ts";
import { chanceText, characterText, legend } from "./chances.ts";
import { numberField, numberIn, plainButton, statusLine, textField } from "./controls.ts";
import { DrawnText } from "./drawn_text.ts";
import { Frames } from "./frames.ts";
import { say } from "./words.ts";

/** Milliseconds between two things that a screen reader is told of a text that comes. */
const SAY_EVERY = 5000;
/** Alternatives of a character. */
const TOP = 8;
/** Characters that may wait to be drawn: with more, the engine waits too. */
const MOST_WAITING = 1000;

/** The view, and what sets the text to go on from. */
export interface Play {
  readonly view: HTMLElement;
  begin(model: Pick<ModelFacts, "first" | "lines">): void;
  enable(able: boolean): void;
}

/** Makes the view. */
export function playView(calls: Calls): Play {
  const prefix = textField(say("prefix"), 2);
  const number = {
    temperature: numberField(say("temperature"), { value: "0.8", min: "0", max: "10", step: "0.01" }),
    topK: numberField(say("topK"), { min: "1", step: "1", placeholder: say("all") }),
    topP: numberField(say("topP"), { min: "0.01", max: "1", step: "0.01", placeholder: "1" }),
    seed: numberField(say("seed"), { value: "1", min: "0", max: "4294967295", step: "1" }),
    length: numberField(say("length"), { value: "200", min: "1", max: "100000", step: "1" }),
    count: numberField(say("count"), { value: "1", min: "1", max: "16", step: "1" }),
  };
  const draw = make("button", { type: "submit", class: "main" }, say("draw"));
  const stop = plainButton(say("stop"), () => call?.steer("stop"));
  const status = statusLine();
  const spoken = make("div", { class: "hidden", "aria-live": "polite" });
  const texts = make("div", { class: "texts" });
  const detail = make("div", { class: "detail", "aria-live": "polite" }, make("p", {}, say("hint")));
  const form = make(
    "form",
    { class: "card" },
    prefix.row,
    make("div", { class: "fields" }, ...Object.values(number).map(({ row }) => row)),
    make("div", { class: "buttons" }, draw, stop, status),
  );
  stop.disabled = true;
  draw.disabled = true;
  let call: Call | undefined;
  let able = false;
  let begun = "";
  /** What no text can go on with: half a character, the end of a line. */
  let barred = /\ufffd/;
  let presses = 0;
  let pinned = false;
  let drawn: DrawnText[] = [];

  const look = (text: DrawnText, index: number, pin: boolean): void => {
    if (pinned && !pin) return;
    pinned = pin;
    for (const one of drawn) one.leave();
    text.mark(index);
    detail.replaceChildren(...detailOf(text, index));
  };
  const detailOf = (text: DrawnText, index: number): Node[] => {
    const piece = text.pieces[index]!;
    const chance = chanceText(piece.logProbability!);
    const line = make("p", {}, say("chance", { character: characterText(piece.text), chance }));
    const others = (piece.top ?? []).map((other) => {
      const words = { character: characterText(other.text), chance: chanceText(other.logProbability) };
      const press = (): void => {
        prefix.input.value = text.before(index) + other.text;
        pinned = false;
        void run(true);
      };
      const one = plainButton(`${words.character} ${words.chance}`, press);
      one.setAttribute("aria-label", say("goOn", words));
      one.disabled = other.text === "" || barred.test(other.text);
      if (other.id === piece.id) one.classList.add("taken");
      return one;
    });
    return [
      line,
      make("p", { class: "label" }, say("instead")),
      make("div", { class: "buttons" }, ...others),
    ];
  };
  texts.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") pinned = false;
  });

  const run = async (fromDetail = false): Promise<void> => {
    if (!able || !form.reportValidity()) return;
    const press = ++presses;
    call?.steer("stop");
    await call?.end;
    if (press !== presses) return; // pressed again meanwhile
    const from = prefix.input.value;
    const { temperature, topK, topP, seed, length, count } = Object.fromEntries(
      Object.entries(number).map(([name, { input }]) => [name, numberIn(input)]),
    );
    drawn = Array.from(
      { length: count ?? 1 },
      (_, i) => new DrawnText({ prefix: from, number: i + 1, look }),
    );
    texts.replaceChildren(...drawn.map(({ element }) => element));
    // The button that was pressed goes: the keyboard is led to the text.
    if (fromDetail) drawn[0]?.element.focus({ preventScroll: true });
    detail.replaceChildren(make("p", {}, say("hint")));
    status.textContent = say("writing");
    pinned = false;
    let waiting: Generated[] = [];
    let unsaid = "";
    let said = performance.now();
    const speak = (): void => {
      spoken.textContent = visible(unsaid);
      unsaid = "";
      said = performance.now();
    };
    const show = (): void => {
      const pieces = waiting;
      waiting = [];
      const rows = Map.groupBy(pieces, ({ row }) => row);
      for (const [row, of] of rows) drawn[row]?.push(of);
      unsaid += (rows.get(0) ?? []).map(({ text }) => text).join("");
      if (performance.now() - said > SAY_EVERY) speak();
      if (pieces.length > MOST_WAITING) mine.steer("resume");
    };
    const frames = new Frames(show);
    const onAnswer = (answer: { kind: string; pieces?: Generated[] }): void => {
      if (answer.kind !== "pieces") return;
      waiting.push(...answer.pieces!);
      if (waiting.length > MOST_WAITING) mine.steer("pause");
      frames.ask();
    };
    const wish = {
      kind: "generate",
      prefix: from,
      count,
      length,
      temperature,
      topK,
      topP,
      seed,
      top: TOP,
    } as const;
    const mine = calls.ask(wish as Parameters<Calls["ask"]>[0], { onAnswer });
    call = mine;
    stop.disabled = false;
    const end = await mine.end;
    show();
    speak();
    if (call !== mine) return;
    call = undefined;
    stop.disabled = true;
    const total = drawn.reduce((sum, { pieces }) => sum + pieces.length, 0);
    status.textContent = end.kind === "error"
      ? say("error", { message: end.message })
      : say(end.kind === "done" && end.stopped ? "stopped" : "written", { count: total });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  const view = make("section", { "aria-label": say("play") }, form, legend(), texts, detail, spoken);
  return {
    view,
    begin({ first, lines }): void {
      // What somebody has typed is kept: models are compared by it.
      if (prefix.input.value === begun) prefix.input.value = first;
      begun = first;
      barred = lines ? /[\r\n\ufffd]/ : /\ufffd/;
    },
    enable(now): void {
      able = now;
      draw.disabled = !now;
    },
  };
}
