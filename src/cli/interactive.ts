/**
 * `generate --interactive`: beginnings are typed and gone on with, turn by turn. At a terminal the text grows: what is typed
 * next stands behind what was drawn. Without one each line is a beginning of its own, and nothing is an order.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import { DeviceError } from "../device/device.ts";
import { generate, type Generated, goOn } from "../generate.ts";
import type { RNNModel } from "../model.ts";
import { contradiction } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { Interrupts } from "./interactive/interrupts.ts";
import { linesIn, textOfLine } from "./interactive/lines_in.ts";
import { type Drawing, orderHelp, orderOf } from "./interactive/orders.ts";
import { Session } from "./interactive/session.ts";
import { stderr, stdout } from "./output.ts";
import { camelCase } from "./parse_flags.ts";
import { note } from "./results.ts";
import { styled } from "./style.ts";
import { UsageError } from "./usage_error.ts";
import { inALine, inFlags, unknownOf } from "./wording.ts";

/** What is gone on with. */
interface Models {
  readonly model: RNNModel;
  readonly vocabulary: Vocabulary;
}

/**
 * Checks that no other flag says what to go on from.
 *
 * @param settings The flags' values.
 * @throws {UsageError} If one does.
 */
export function checkInteractive(
  { interactive, prefix, prefixFile, count, raw }: Settings<"generate">,
): void {
  if (!interactive) return;
  const typed = "beginnings are typed, one after the other";
  if (prefix.length > 0) throw contradiction(`--prefix ${prefix[0]}`, "--interactive", typed);
  if (prefixFile.length > 0) throw contradiction(`--prefix-file ${prefixFile[0]}`, "--interactive", typed);
  if (count > 1) throw contradiction(`--count ${count}`, "--interactive", "a text is gone on with once");
  if (raw) throw contradiction("--raw", "--interactive", "it writes bytes that need not be a text");
}

/**
 * Goes on from what is typed, until the input ends.
 *
 * @param models The model and its vocabulary.
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export async function interact(models: Models, settings: Settings<"generate">): Promise<number> {
  if (!Deno.stdin.isTerminal()) return await goOnFromLines(models, settings);
  using interrupts = new Interrupts();
  const dialogue = new Dialogue(models, settings, interrupts);
  note("Type a beginning; Enter alone goes on, :help lists the orders, Ctrl-D ends");
  stderr.openLine(PROMPT);
  for await (const line of linesIn(Deno.stdin)) {
    if (!await dialogue.take(line)) return 0;
    stderr.openLine(PROMPT);
  }
  stderr.lines("");
  return 0;
}

const PROMPT = [styled("bold", "> ")];

/** A beginning a line: one that cannot be gone on with is told, and the next one has its turn. */
async function goOnFromLines(
  { model, vocabulary }: Models,
  settings: Settings<"generate">,
): Promise<number> {
  const { length, temperature, topK, topP, seed, stop } = settings;
  let code = 0;
  let row = 0;
  for await (const line of linesIn(Deno.stdin)) {
    try {
      const prefix = textOfLine(line);
      if (prefix === "") continue;
      const options = { prefix, length, temperature, topK, topP, seed, stop, firstRow: row };
      const texts = generate(model, vocabulary, options);
      const first = await texts.next(); // what is wrong with the beginning is known by now
      await stdout.text(`${row > 0 ? "\n" : ""}${prefix}`);
      if (!first.done) await stdout.text(first.value.text);
      for await (const { text } of texts) await stdout.text(text);
      await stdout.text("\n");
      row++;
    } catch (error) {
      tellMistake(error);
      code = 1;
    }
  }
  return code;
}

/** What somebody who types can put right is told, and all stays as it was. */
function tellMistake(error: unknown): void {
  const kinds = [RangeError, SyntaxError, DeviceError, UsageError];
  if (!(error instanceof Error) || !kinds.some((kind) => error instanceof kind)) throw error;
  stderr.lines(inFlags(error, "generate").replace(/\s*\n\s*/g, " "));
}

/** Beginnings, continuations and orders. */
class Dialogue {
  readonly #models: Models;
  readonly #stop: readonly string[];
  readonly #interrupts: Interrupts;
  readonly #session: Session;
  #drawing: Drawing;
  /** Continuations so far with this seed: each is drawn by random numbers of its own. */
  #row = 0;

  constructor(models: Models, settings: Settings<"generate">, interrupts: Interrupts) {
    const { temperature, length, topK, topP, seed, stop } = settings;
    this.#models = models;
    this.#stop = stop;
    this.#interrupts = interrupts;
    this.#session = new Session(models.vocabulary);
    this.#drawing = { temperature, length, topK, topP, seed };
  }

  /** Does what a line asks for; gives whether there is more to come. */
  async take(line: Uint8Array): Promise<boolean> {
    try {
      const text = textOfLine(line);
      if (text.startsWith(":")) return await this.#obey(text);
      this.#type(text);
      await this.#goOn();
    } catch (error) {
      tellMistake(error);
    }
    return true;
  }

  #type(line: string): void {
    const { vocabulary } = this.#models;
    if (line === "") return;
    this.#session.type(line);
    const lacking = unknownOf(vocabulary, vocabulary.countUnknown(line));
    if (lacking !== undefined) stderr.lines(lacking);
  }

  async #obey(line: string): Promise<boolean> {
    const order = orderOf(line);
    if ("name" in order) {
      this.#set(order.name, order.value);
      return true;
    }
    switch (order.act) {
      case "quit":
        return false;
      case "help":
        stderr.lines(...orderHelp(this.#drawing, stderr.columns));
        break;
      case "back":
        this.#back();
        stderr.lines(`The text ends with ${inALine(this.#session.tail) || "nothing: type a beginning"}`);
        break;
      case "again":
        if (this.#session.typed === "") this.#back();
        await this.#goOn();
        break;
    }
    return true;
  }

  #set(name: string, value: number | undefined): void {
    const drawing = this.#drawing as unknown as Record<string, number>;
    const key = camelCase(name);
    if (value !== undefined) {
      this.#drawing = { ...this.#drawing, [key]: value };
      if (key === "seed") this.#row = 0;
    }
    stderr.lines(`${name} ${value ?? drawing[key]}`);
  }

  #back(): void {
    if (!this.#session.back()) throw new RangeError("Cannot take back a continuation as there is none");
  }

  /** Writes a continuation as it comes, behind what was typed. What is stopped stays as far as it came. */
  async #goOn(): Promise<void> {
    const session = this.#session;
    const { ids, typed } = session;
    if (ids.length === 0) throw new RangeError("Cannot go on from nothing: type a beginning");
    const signal = this.#interrupts.begin();
    const options = { ...this.#drawing, stop: this.#stop, firstRow: this.#row, signal };
    const { model, vocabulary } = this.#models;
    let begun = false;
    try {
      for await (const drawn of goOn(model, vocabulary, { ids, text: typed, options })) {
        if (!begun) {
          session.begin();
          this.#row++;
          stdout.openLine([styled("bold", typed)]);
        }
        begun = true;
        await this.#write(drawn);
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
    } finally {
      this.#interrupts.end();
      if (begun) await stdout.text("\n");
    }
  }

  async #write({ id, text, end }: Generated): Promise<void> {
    this.#session.add(id, { shown: text !== "" });
    if (end === "stop") this.#session.leaveOut();
    if (text !== "") await stdout.text(text);
  }
}
