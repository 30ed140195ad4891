/**
 * The ranks that train together, as the command knows them: rank 0 leads. It alone writes and speaks, and what its clock
 * and its disk decide, all do.
 *
 * @module
 */
import { assertAlike, type Facts, gatherFacts } from "../../train/alike.ts";
import { gather, ofFirst, type Ranks, share } from "../../train/ranks.ts";
import type { Device } from "../../device/device.ts";
import { flagsOf, type Settings } from "../flags.ts";
import { camelCase } from "../parse_flags.ts";
import { stderr, stdout } from "../output.ts";
import { setManner } from "../results.ts";
import type { Stop } from "./signals.ts";

/** Flags that need not be the same on all ranks: what is read where, and what is of one process. */
const OWN: ReadonlySet<string> = new Set([
  "corpus",
  "series",
  "vocabulary",
  "initFrom",
  "out",
  "mpiLibrary",
  "threads",
]);

/** Ranks that end MPI together. */
export interface EndingRanks extends Ranks {
  /** What binds them, for people. */
  readonly library: string;
  /** Waits for all, and ends. */
  finalize(): void;
}

/** The ranks of a command. */
export class Team {
  readonly ranks: EndingRanks;
  readonly #controller: AbortController = new AbortController();

  /**
   * Has the first rank lead; the others say nothing but errors from now on.
   *
   * @param ranks The ranks.
   */
  constructor(ranks: EndingRanks) {
    this.ranks = ranks;
    for (const output of [stdout, stderr]) output.beNoTerminal(); // Open MPI reads ranks through terminals of its own
    if (!this.leads) setManner({ json: false, quiet: true });
  }

  /** Whether this is the rank that writes and speaks. */
  get leads(): boolean {
    return this.ranks.rank === 0;
  }

  /** Aborted on all ranks behind the same step, with a {@linkcode Stop} as its reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Meets behind a step: what stops one rank stops all, and a save that one asks for is that of all.
   *
   * @param stopped Why this rank stops, where it does.
   * @param due Whether it wants a save.
   * @returns Whether all save now.
   */
  async meet(stopped: Stop | undefined, due: boolean): Promise<boolean> {
    const words = Uint32Array.of(stopped ? stopped.code + 1 : 0, due ? 1 : 0);
    const all = await gather(words, this.ranks);
    const code = Math.max(...all.map(([code]) => code!)) - 1;
    if (code >= 0) this.#controller.abort(stopped ?? { code, word: "Stopped" });
    return all.some(([, due]) => due === 1);
  }

  /**
   * What rank 0 decides.
   *
   * @param own What this rank would: it counts on rank 0 alone.
   */
  async decide(own: boolean): Promise<boolean> {
    const [first] = await ofFirst([own ? 1 : 0], this.ranks);
    return first === 1;
  }

  /**
   * What rank 0 has read.
   *
   * @param bytes It, on rank 0.
   * @returns The same on all ranks; empty where rank 0 has nothing.
   */
  share(bytes: Uint8Array | undefined): Promise<Uint8Array> {
    return share(bytes, this.ranks);
  }

  /**
   * Checks that all ranks were given the same flags.
   *
   * @param settings The flags' values.
   * @throws {RangeError} If they were not, on all ranks.
   */
  checkFlags(settings: Settings<"train">): Promise<void> {
    const values = settings as Record<string, unknown>;
    const facts: Record<string, Facts[string]> = {};
    for (const [, name, { passing }] of flagsOf("train")) {
      const key = camelCase(name);
      const value = values[key];
      if (value === undefined || OWN.has(key) || (passing && key !== "stopAfter")) continue;
      facts[key] = typeof value === "object" ? JSON.stringify(value) : value as Facts[string];
    }
    return assertAlike(this.ranks, facts);
  }

  /**
   * Checks that no two ranks share a GPU: the processes of a host are all given the same one.
   *
   * @param device This rank's device.
   * @throws {RangeError} If some do, on all ranks.
   */
  async checkDevices(device: Device): Promise<void> {
    const isGpu = device.name === "webgpu" && this.ranks.size > 1;
    const host = isGpu ? await hostName() : "";
    const all = await gatherFacts(this.ranks, { host });
    const other = all.findIndex(({ host }, rank) =>
      host !== "" && all.findIndex((one) => one["host"] === host) < rank
    );
    if (other < 0) return;
    const first = all.findIndex(({ host }) => host === all[other]!["host"]);
    throw new RangeError(
      `Cannot train on ranks that share a GPU: ranks ${first} and ${other} are both on host "${
        all[other]!["host"]
      }", start one a host, or use --device wasm`,
    );
  }
}

/** The host's name, by which processes that are given the same GPU are known. */
async function hostName(): Promise<string> {
  const wanted = { name: "sys", kind: "hostname" } as const;
  if ((await Deno.permissions.request(wanted)).state === "granted") return Deno.hostname();
  throw new RangeError("Cannot tell whether ranks share a GPU: run with --allow-sys=hostname");
}
