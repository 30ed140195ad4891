/**
 * The workers of bench/ranks.ts: processes that are started once and told what to do by a socket, as mpirun gives standard
 * input to its first rank alone.
 *
 * @module
 */
import { type Launcher, ranksOf } from "../../tests/support/mpi.ts";
import { linesOf } from "../peers/protocol.ts";
import type { Answer, Hello, Wish } from "./worker.ts";

/** How a worker trains. */
export interface WorkerOptions {
  readonly workload: string;
  /** Rows of a batch, of all ranks together. */
  readonly batch: number;
  readonly threads: number;
}

/** A worker that has taken its first step. */
interface Worker extends Hello {
  tell(wish: Wish): Promise<Answer>;
}

const WORKER = new URL("worker.ts", import.meta.url).pathname;

/** All workers. */
export class Workers implements Disposable {
  readonly #listener: Deno.UnixListener;
  readonly #path: string;
  readonly #folder: string;
  readonly #children: Deno.ChildProcess[] = [];
  readonly #workers: Worker[] = [];

  /** Has none. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#path = `${folder}/socket`;
    this.#listener = Deno.listen({ transport: "unix", path: this.#path });
  }

  /**
   * Starts a process, or ranks, and waits for their first steps.
   *
   * @param name By which times are asked for.
   * @param options How they train.
   * @param launcher What starts ranks.
   * @param ranks How many.
   */
  async start(
    name: string,
    { workload, batch, threads }: WorkerOptions,
    launcher?: Launcher,
    ranks = 1,
  ): Promise<void> {
    const sizes = ["--workload", workload, "--batch", `${batch}`, "--threads", `${threads}`];
    const words = [WORKER, "--name", name, "--socket", this.#path, ...sizes];
    const grants = ["-A", "--no-check"];
    const library = launcher?.flags.at(-1);
    const command = launcher
      ? ranksOf(launcher, [...words, "--mpi", ...(library ? ["--library", library] : [])], {
        cwd: this.#folder,
        ranks,
        grants,
        shows: true,
      })
      : new Deno.Command(Deno.execPath(), { args: ["run", ...grants, ...words] });
    const child = command.spawn();
    this.#children.push(child);
    for (let rank = 0; rank < ranks; rank++) this.#workers.push(await this.#join(child));
  }

  async #join(child: Deno.ChildProcess): Promise<Worker> {
    const connection = await Promise.race([
      this.#listener.accept(),
      child.status.then(({ code }) => Promise.reject(new Error(`A worker ended with code ${code}`))),
    ]);
    const lines = linesOf(connection.readable);
    const next = async (): Promise<string> => {
      const { value, done } = await lines.next();
      if (done) throw new Error("A worker has ended");
      return value;
    };
    const writer = connection.writable.getWriter();
    const hello: Hello = JSON.parse(await next());
    const tell = async (wish: Wish): Promise<Answer> => {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(wish)}\n`));
      return JSON.parse(await next());
    };
    return { ...hello, tell };
  }

  /** Words of the gradients. */
  get words(): number {
    return this.#workers[0]!.words;
  }

  /**
   * Has workers do something side by side.
   *
   * @param names Which ones; all of a name do it.
   * @param wish What.
   * @returns The slowest one's answer, and the shortest time within sums, which nobody waited in.
   */
  async time(names: readonly string[], wish: Wish): Promise<Answer> {
    const asked = this.#workers.filter(({ name }) => names.includes(name));
    const answers = await Promise.all(asked.map((worker) => worker.tell(wish)));
    return {
      seconds: Math.max(...answers.map(({ seconds }) => seconds)),
      summing: Math.min(...answers.map(({ summing }) => summing)),
    };
  }

  /** Ends all. */
  [Symbol.dispose](): void {
    for (const child of this.#children) {
      try {
        child.kill("SIGTERM");
      } catch {
        // it has ended
      }
    }
    this.#listener.close();
  }
}
