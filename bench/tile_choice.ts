/**
 * Which tile a new process takes for its products, beside another process that never rests: processes are started by
 * turns with turbo's flags and without, and those that took the wrong one are counted. Ends with 1 where there was one.
 *
 *     deno run -A bench/tile_choice.ts [--starts 200] [--spinners 1] [--threads 2] [--build relaxed]
 *
 * With turbo's flags the wide tile is right where registers of 256 bits double those of 128 (bench/turbo.ts).
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../src/device/open_device.ts";
import { Spinners } from "./busy/spinners.ts";
import { namesOf, numberOf, unknown } from "./flags.ts";
import { median, TURBO } from "./harness.ts";

/** What a process says: its tile, and how long its first device took to open. */
interface Start {
  readonly tile: string;
  readonly speed: number | undefined;
  readonly milliseconds: number;
}

async function open(threads: number, deterministic: boolean): Promise<Start> {
  const begin = performance.now();
  using device = await openDevice("wasm", { threads, deterministic });
  const milliseconds = performance.now() - begin;
  const { tile, wideTileSpeed } = device.info.details;
  return { tile: String(tile), speed: wideTileSpeed as number | undefined, milliseconds };
}

async function start(flags: string[], args: string[]): Promise<Start> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...flags, import.meta.url, "--one", ...args],
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error("Cannot open a device in a process of its own");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** A line of the table, and how many were wrong. */
function told(name: string, starts: readonly Start[], right: (tile: string) => boolean): number {
  const counts = Object.entries(Object.groupBy(starts, ({ tile }) => tile));
  const tiles = counts.map(([tile, those]) => `${those!.length} took ${tile}`).join(", ");
  const wrong = starts.filter(({ tile }) => !right(tile)).length;
  const unknown = starts.filter(({ speed }) => speed === undefined).length;
  const times = starts.map(({ milliseconds }) => milliseconds);
  const [low, high] = [Math.min(...times), Math.max(...times)].map((time) => time.toFixed(1));
  console.log(
    `| ${name} | ${tiles} | ${wrong} | ${unknown} | ${median(times).toFixed(1)} ms; ${low}–${high} |`,
  );
  return wrong;
}

async function main(): Promise<void> {
  const { one, ...given } = parseArgs(Deno.args, {
    boolean: ["one"],
    string: ["starts", "spinners", "threads", "build"],
    unknown,
  });
  const { starts = "200", spinners = "1", threads = "2", build = "relaxed" } = given as Record<
    string,
    string | undefined
  >;
  namesOf("build", build, ["relaxed", "plain"]);
  numberOf("threads", threads);
  if (one) return console.log(JSON.stringify(await open(+threads, build === "plain")));
  const count = numberOf("starts", starts);
  const stock: Start[] = [];
  const turbo: Start[] = [];
  {
    await using _spinners = await Spinners.start(numberOf("spinners", spinners, 0), 3600);
    const args = ["--threads", threads, "--build", build];
    for (let turn = 0; turn < count; turn++) {
      stock.push(await start([], args));
      turbo.push(await start([TURBO], args));
    }
  }
  console.log("| flags | tiles | wrong | not found out | to open (median; from–to) |\n| - | - | - | - | - |");
  const wrong = told("none", stock, (tile) => tile !== "6x16") +
    told("turbo", turbo, (tile) => tile === "6x16");
  Deno.exit(wrong > 0 ? 1 : 0);
}

await main();
