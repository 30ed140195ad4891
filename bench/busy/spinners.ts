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
const LONGEST = 120;

/** Some processes that spin until they are disposed of, and LONGEST at most. */
export class Spinners implements AsyncDisposable {
  readonly #processes: readonly Deno.ChildProcess[];

  private constructor(processes: readonly Deno.ChildProcess[]) {
    this.#processes = processes;
  }

  /** Starts so many, and waits until each spins. */
  static async start(count: number): Promise<Spinners> {
    const args = ["eval", PROGRAM.replace("SECONDS", `${LONGEST}`)];
    const command = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" });
    const processes = Array.from({ length: count }, () => command.spawn());
    for (const { stdout } of processes) {
      const reader = stdout.getReader();
      await reader.read();
      await reader.cancel();
    }
    return new Spinners(processes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await process.status;
    }
  }
}
