/**
 * The system's signals to a training: which ones stop it, which ones have it saved, and what becomes of a second one.
 *
 * | signal          | what happens                                                                    |
 * | --------------- | ------------------------------------------------------------------------------- |
 * | SIGINT, SIGTERM | the training is saved and ends, with code 130 or 143                            |
 * | SIGHUP          | likewise, with code 129; without a terminal, as under nohup, it is saved alone   |
 * | SIGUSR1, or 2   | the training is saved and goes on; at the former Deno opens its debugger as well |
 *
 * A second signal that stops lets the save go on to its end, a third ends the program at once. Before the first step
 * there is nothing to save: a signal that stops ends the program, once what was begun is undone; a second one waits for
 * that too.
 *
 * @module
 */
import { stderr, stdout } from "../output.ts";
import { announce, mention, say } from "./say.ts";

/** The exit code of each signal that stops. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Why a training stops before its end. */
export interface Stop {
  /** The program's exit code. */
  readonly code: number;
  /** What the last line begins with: "Stopped". */
  readonly word: string;
}

/** What standard output and error tell of themselves. */
interface Output {
  isTerminal(): boolean;
}

/** Listens until it is disposed. */
export class Signals implements Disposable {
  readonly #controller: AbortController = new AbortController();
  readonly #listeners: [Deno.Signal, () => void][] = [];
  /** Whether there was a terminal: one that has hung up is none any more. */
  readonly #terminal: boolean;
  /** Signals that stop. */
  #times = 0;
  #saveAsked = false;
  #begun = false;
  #leaves = false;
  #waits = false;
  /** Undoes what was begun before the first step, and gives the words for it. */
  undo: () => Promise<string> = () => Promise.resolve("Stopped before the first step: nothing is kept");

  /**
   * Begins to listen.
   *
   * @param outputs Where the program writes: without a terminal among them a hang-up does not stop it.
   */
  constructor(outputs: readonly Output[] = [stdout, stderr]) {
    this.#terminal = outputs.some((output) => output.isTerminal());
    this.#listen("SIGINT", () => this.#stop("SIGINT"));
    this.#listen("SIGTERM", () => this.#stop("SIGTERM"));
    this.#listen("SIGHUP", () => this.#hangUp());
    this.#listen("SIGUSR1", () => this.#askSave());
    this.#listen("SIGUSR2", () => this.#askSave());
  }

  /** Aborted, with a {@linkcode Stop} as its reason, by the first signal that stops. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the training stops; undefined while it does not. */
  get stopped(): Stop | undefined {
    return this.signal.aborted ? this.signal.reason as Stop : undefined;
  }

  /**
   * Stops the training as a signal does.
   *
   * @param stop Why.
   */
  stop(stop: Stop): void {
    this.#controller.abort(stop);
  }

  /**
   * Goes on, unless the program is about to end.
   *
   * @returns Nothing; where it is about to end, a promise that is never kept.
   */
  pass(): Promise<void> | void {
    if (this.#leaves) return new Promise(() => {});
  }

  /**
   * A step is taken: from now on there is something to save.
   *
   * @returns What pass() does.
   */
  begin(): Promise<void> | void {
    if (this.#leaves) return this.pass();
    this.#begun = true;
  }

  /** How many signals that stop have come. */
  get times(): number {
    return this.#times;
  }

  /**
   * Waits, until a save is asked for at most.
   *
   * @param milliseconds How long.
   * @param times Of how many signals that stop is known.
   * @returns Whether no other one has come meanwhile.
   */
  async wait(milliseconds: number, times: number): Promise<boolean> {
    const end = performance.now() + milliseconds;
    this.#waits = true;
    while (performance.now() < end && this.#times === times && !this.takeSave()) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.#waits = false;
    return this.#times === times;
  }

  /** Whether a save was asked for since this was last read. */
  takeSave(): boolean {
    const asked = this.#saveAsked;
    this.#saveAsked = false;
    return asked;
  }

  #stop(name: keyof typeof CODES): void {
    const code = CODES[name];
    this.#times++;
    if (!this.#begun) {
      if (this.#times === 1) void this.#leave(code);
      else if (this.#times > 2) Deno.exit(code);
      else mention("Still undoing what was begun; once more ends at once");
      return;
    }
    this.stop({ code, word: "Stopped" });
    if (this.#waits) return; // whoever waits sees it
    if (this.#times === 1) mention("", "Stopping after this step, then saving");
    else if (this.#times > 2) Deno.exit(code);
    else mention("Still saving; once more ends at once, and what is not saved is lost");
  }

  async #leave(code: number): Promise<void> {
    this.#leaves = true;
    const word = await this.undo();
    say("", word);
    announce("end", { code, stopped: word });
    Deno.exit(code);
  }

  #hangUp(): void {
    if (this.#terminal) this.#stop("SIGHUP");
    else this.#askSave();
  }

  #askSave(): void {
    this.#saveAsked = true;
  }

  /** Where the system has no such signal, nobody can send it. */
  #listen(name: Deno.Signal, listener: () => void): void {
    try {
      Deno.addSignalListener(name, listener);
      this.#listeners.push([name, listener]);
    } catch {
      // as on Windows
    }
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) Deno.removeSignalListener(name, listener);
  }
}
