/**
 * A small model that is trained here, on a text that is pasted.
 *
 * @module
 */
import { numberText } from "../../../src/report/numbers.ts";
import type { ChartData } from "../../../src/report/page_data.ts";
import { Chart } from "../../page/chart.ts";
import { make } from "../../page/elements.ts";
import type { Answer } from "../protocol.ts";
import type { Call, Calls } from "./calls.ts";
import { WORDS } from "./chart_words.ts";
import { choiceField, numberField, numberIn, plainButton, statusLine, textField } from "./controls.ts";
import { say } from "./words.ts";

/** Points of the curve: with more, every second one goes. */
const MOST = 1000;
/** Milliseconds between two pictures of the curve. */
const BEAT = 500;

/** What the page does with what was trained. */
export interface TrainHooks {
  onPlay(opened: Answer & { kind: "opened" }): void;
  onDevice(answer: Answer & { kind: "training" }): void;
}

/** Makes the view. */
export function trainView(calls: Calls, { onPlay, onDevice }: TrainHooks): HTMLElement {
  const text = textField(say("trainText"), 8);
  const cell = choiceField(say("cell"), ["gru", "lstm", "rnn"]);
  const hidden = numberField(say("hidden"), { value: "128", min: "1", max: "1024", step: "1" });
  const layers = numberField(say("layers"), { value: "1", min: "1", max: "4", step: "1" });
  const epochs = numberField(say("epochs"), { value: "20", min: "1", max: "10000", step: "1" });
  const rate = numberField(say("rate"), { value: "0.003", min: "0", step: "any" });
  const go = make("button", { type: "submit", class: "main" }, say("trainGo"));
  const stop = plainButton(say("stop"), () => call?.steer("stop"));
  const pause = plainButton(say("pause"), () => {
    call?.steer(paused ? "resume" : "pause");
    hold(!paused);
  });
  const play = plainButton(say("playIt"), async () => {
    const end = await calls.ask({ kind: "adopt" }).end;
    if (end.kind === "opened") onPlay(end);
    else fail(end);
  });
  const save = plainButton(say("download"), async () => {
    const end = await calls.ask({ kind: "save" }).end;
    if (end.kind !== "saved") return fail(end);
    const url = URL.createObjectURL(new Blob([end.bytes]));
    make("a", { href: url, download: "model.safetensors" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  for (const button of [stop, pause, play, save]) button.disabled = true;
  const status = statusLine();
  const live = make("p", { class: "label" }); // changes too often to be said
  const fields = [cell, hidden, layers, epochs, rate].map(({ row }) => row);
  const form = make(
    "form",
    { class: "card" },
    text.row,
    make("div", { class: "fields" }, ...fields),
    make("div", { class: "buttons" }, go, pause, stop, play, save),
    status,
    live,
  );
  const caption = make("figcaption", {}, make("h2", {}, say("lossTitle")), make("p", {}, say("lossUnit")));
  const figure = make("figure", {}, caption);
  figure.hidden = true;
  let call: Call | undefined;
  let paused = false;
  let columns: { epoch: number[]; loss: number[] } = { epoch: [], loss: [] };
  let chart: Chart | undefined;
  let due = false;
  const data: ChartData = {
    id: "train-loss",
    title: say("lossTitle"),
    unit: say("lossUnit"),
    exponential: false,
    lines: [{ label: say("lossLine"), run: 0, column: "loss", color: 0, dashed: false }],
    levels: [],
  };
  const source = (_: number, name: string): readonly number[] => columns[name as "epoch" | "loss"];
  const fail = (end: Answer): void => {
    if (end.kind === "error") status.textContent = say("error", { message: end.message });
  };
  const endOf = ({ stopped }: Answer & { kind: "done" }): string => {
    if (stopped && columns.loss.length === 0) return say("trainingStoppedAtOnce");
    return say(stopped ? "trainingStopped" : "trained", { loss: numberText(columns.loss.at(-1), 4) });
  };
  const picture = (): void => {
    if (due) return;
    due = true;
    setTimeout(() => {
      due = false;
      figure.hidden = false;
      chart ??= new Chart(data, figure, { source, words: WORDS });
      chart.draw();
      chart.update(data);
    }, columns.loss.length < 3 ? 0 : BEAT);
  };
  const hold = (now: boolean): void => {
    paused = now;
    pause.textContent = say(paused ? "goOnTraining" : "pause");
    if (call && !paused) status.textContent = say("training");
  };
  const hear = (answer: Answer): void => {
    if (answer.kind === "training") {
      onDevice(answer);
      if (!paused) status.textContent = say("training");
      play.disabled = false;
      save.disabled = false;
    }
    if (answer.kind === "progress") {
      const { epoch, epochs, steps, totalSteps, tokensPerSecond } = answer.progress;
      const speed = numberText(Math.round(tokensPerSecond));
      live.textContent = say("progress", {
        epoch: numberText(epoch, 4),
        epochs,
        steps,
        total: totalSteps,
        speed,
      });
    }
    if (answer.kind === "paused" && paused) status.textContent = say("paused");
    if (answer.kind !== "report") return;
    const { steps, epoch, loss } = answer.report as { steps: number; epoch: number; loss: number };
    columns.epoch.push(Math.max(epoch, columns.epoch.at(-1) ?? 0) || steps);
    columns.loss.push(loss);
    if (columns.loss.length > MOST) {
      const half = (list: number[]): number[] => list.filter((_, i) => i % 2 === 0);
      columns = { epoch: half(columns.epoch), loss: half(columns.loss) };
    }
    picture();
  };
  // What is in training would be lost with the page.
  addEventListener("beforeunload", (event) => {
    if (call) event.preventDefault();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (call) return;
    columns = { epoch: [], loss: [] };
    status.textContent = say("starting");
    go.disabled = true;
    pause.disabled = false;
    stop.disabled = false;
    const options = {
      kind: cell.input.value as "gru" | "lstm" | "rnn",
      hiddenSize: numberIn(hidden.input)!,
      numLayers: numberIn(layers.input)!,
      epochs: numberIn(epochs.input)!,
      learningRate: numberIn(rate.input)!,
    };
    call = calls.ask({ kind: "train", text: text.input.value, options }, { onAnswer: hear });
    const end = await call.end;
    call = undefined;
    hold(false);
    go.disabled = false;
    pause.disabled = true;
    stop.disabled = true;
    live.textContent = "";
    if (end.kind === "done") status.textContent = endOf(end);
    fail(end);
  });
  return make("section", { "aria-label": say("train") }, form, figure);
}
