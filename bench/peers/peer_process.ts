/**
 * The process of a system under time: the other end of protocol.ts.
 *
 * @module
 */
import { linesOf, type Ready, type Round } from "./protocol.ts";
import type { System } from "./systems.ts";

/** What a process says first. */
export type First = Omit<Ready, "unit">;

/** A system that has loaded a workload. */
export class PeerProcess {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string, void, void>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #errors: Promise<string>;
  /** What must be equal among all. */
  first!: First;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = linesOf(process.stdout);
    this.#input = process.stdin.getWriter();
    this.#errors = new Response(process.stderr).text();
  }

  /** Starts a process, and waits until it is ready. */
  static async start(system: Pick<System, "command">, flags: readonly string[]): Promise<PeerProcess> {
    const [program, ...args] = [...system.command, ...flags];
    const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const peer = new PeerProcess(new Deno.Command(program!, { args, ...pipes }).spawn());
    peer.first = await peer.#answer() as First;
    return peer;
  }

  async #answer(): Promise<unknown> {
    for (;;) {
      const { value: line } = await this.#lines.next();
      if (line === undefined) throw new Error((await this.#errors).trim().split("\n").slice(-8).join("\n"));
      if (line.startsWith("{")) return JSON.parse(line); // some libraries greet
    }
  }

  /** Seconds of each unit of a round. */
  async round(round: Round): Promise<number[]> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(round)}\n`));
    return (await this.#answer() as { seconds: number[] }).seconds;
  }

  /** The greatest resident size so far, in MiB; undefined where there is no /proc. */
  get peakMiB(): number | undefined {
    try {
      const status = Deno.readTextFileSync(`/proc/${this.#process.pid}/status`);
      const kib = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
      return kib === undefined ? undefined : Number(kib) / 1024;
    } catch {
      return undefined;
    }
  }

  /** Ends the process; by force, if it goes on after its input has ended. */
  async end(): Promise<void> {
    const late = setTimeout(() => {
      try {
        this.#process.kill("SIGKILL");
      } catch {
        // it has ended just now
      }
    }, 5000);
    await this.#input.close().catch(() => {});
    await this.#lines.return();
    await Promise.all([this.#process.status, this.#errors]);
    clearTimeout(late);
  }
}
