/**
 * Processes that keep a core busy, at normal priority: what a measurement stands beside.
 *
 * @module
 */

/** Spins until the time is over, or until whoever started it is gone. */
const PROGRAM = `
const parent = Deno.ppid;
const end = performance.now() + 1000 * SECONDS;
console.log("spinning");
while (performance.now() < end && Deno.ppid === parent) for (let i = 0; i < 1e6; i++);`;

/** Seconds after which a spinner ends by itself, whatever becomes of the benchmark. */
const LONGEST = 600;

/** Some processes that spin until they are disposed of, and for so many seconds at most. */
export class Spinners implements AsyncDisposable {
  readonly #processes: readonly Deno.ChildProcess[];
  readonly #seconds: number;

  private constructor(processes: readonly Deno.ChildProcess[], seconds: number) {
    this.#processes = processes;
    this.#seconds = seconds;
  }

  /** Starts so many, and waits until each spins. */
  static async start(count: number, seconds: number = LONGEST): Promise<Spinners> {
    const args = ["eval", PROGRAM.replace("SECONDS", `${seconds}`)];
    const command = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" });
    const processes = Array.from({ length: count }, () => command.spawn());
    for (const { stdout } of processes) {
      const reader = stdout.getReader();
      await reader.read();
      await reader.cancel();
    }
    return new Spinners(processes, seconds);
  }

  /**
   * Ends them.
   *
   * @throws {Error} If one had ended before: what was measured then stood beside nothing.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    let early = false;
    for (const process of this.#processes) {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended before.
      }
      const { signal } = await process.status;
      if (signal !== "SIGKILL") early = true;
    }
    if (early) {
      throw new Error(
        `Cannot measure beside a process that has ended: each spins for ${this.#seconds} s at most`,
      );
    }
  }
}
