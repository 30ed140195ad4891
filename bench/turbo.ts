/**
 * Turbo against stock Deno: steps of training in processes started with and without its flags, turn by turn, and beside
 * them what registers alone do under both: where that is equal, the machine splits 256-bit operations into two of 128.
 *
 *     deno run -A bench/turbo.ts [--workloads H1,H1-lstm,H2] [--rounds 3] [--seconds 2] [--threads 2]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../src/device/open_device.ts";
import { train } from "../src/train.ts";
import { compile } from "./compile.ts";
import { median, TURBO } from "./harness.ts";
import { corpusOf, modelOf, TRAINING } from "./workloads.ts";

/** Chains of multiply-adds: 12 fill registers of 128 bits, 20 those of 256 when two neighbours are one. */
const CHAINS = [12, 20];

/** The chains come from memory and go back to it in pairs, as V8 fuses from stores to loads. */
function source(chains: number): string {
  const each = (line: (i: number) => string): string =>
    Array.from({ length: chains }, (_, i) => line(i)).join(" ");
  return `export function chains${chains}(p: usize, iterations: u32): void {
  ${each((i) => `let c${i} = v128.load(p, ${16 * i});`)}
  const x = v128.load32_splat(p, 1024), y = v128.load32_splat(p, 1028);
  for (let i: u32 = 0; i < iterations; i++) { ${each((i) => `c${i} = f32x4.relaxed_madd(x, y, c${i});`)} }
  ${each((i) => `v128.store(p, c${i}, ${16 * i});`)}
}`;
}

const FLAGS = ["--enable", "simd,relaxed-simd", "--initialMemory", "1", "--maximumMemory", "1"];

/** GFLOP/s that one core does in registers: the most of many short runs, the first of which V8 has not optimized. */
async function registers(): Promise<number> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const module = new WebAssembly.Module(await compile(CHAINS.map(source).join("\n"), FLAGS));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  let best = 0;
  for (const until = performance.now() + 2000; performance.now() < until;) {
    for (const chains of CHAINS) {
      const run = exports[`chains${chains}`] as (address: number, iterations: number) => void;
      const start = performance.now();
      run(4096, 20_000);
      best = Math.max(best, chains * 8 * 20_000 / (performance.now() - start) / 1e6);
    }
  }
  return best;
}

/** Milliseconds of a step, the median of those of about `seconds`, after as many to warm up. */
async function milliseconds(workload: string, seconds: number, threads: number): Promise<[number, boolean]> {
  using device = await openDevice("wasm", { threads });
  const sizes = TRAINING[workload]!;
  const { batchSize, numSteps } = sizes;
  using model = modelOf(device, sizes);
  const options = {
    epochs: 1e9,
    learningRate: 1e-3,
    clipGradNorm: 1e-2,
    carryState: true,
    batchSize,
    numSteps,
  };
  const times: number[] = [];
  let last = performance.now();
  let warm = 0;
  const until = last + 1500 * seconds;
  for await (const _ of train(model, corpusOf(sizes, 1), options)) {
    const now = performance.now();
    if (warm++ >= 3 && now > until - 1000 * seconds) times.push(now - last);
    if (now > until && times.length > 2) break;
    last = performance.now();
  }
  return [median(times), device.info.details.wideTiles as boolean];
}

const given = parseArgs(Deno.args, {
  string: ["workloads", "rounds", "seconds", "threads", "one"],
}) as Record<string, string | undefined>;
const { workloads = "H1,H1-lstm,H2", rounds = "3", seconds = "2", threads = "2", one } = given;
if (one) {
  const result = one === "registers"
    ? [await registers(), false]
    : await milliseconds(one, +seconds, +threads);
  console.log(JSON.stringify(result));
} else {
  const measure = async (flags: string[], one: string): Promise<[number, boolean]> => {
    const args = [
      "run",
      "-A",
      ...flags,
      import.meta.url,
      "--one",
      one,
      "--seconds",
      seconds,
      "--threads",
      threads,
    ];
    const { success, stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
    if (!success) throw new Error(`Cannot time ${one}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  };
  console.log(
    "| | stock | turbo | turbo ÷ stock (median; from–to) | tiles of turbo |\n| - | - | - | - | - |",
  );
  for (const name of ["registers", ...workloads.split(",")]) {
    const stock: number[] = [];
    const turbo: number[] = [];
    let wide = false;
    for (let round = 0; round < +rounds; round++) {
      stock.push((await measure([], name))[0]);
      const [value, tiles] = await measure([TURBO], name);
      turbo.push(value);
      wide = tiles;
    }
    const ratios = turbo.map((value, round) => value / stock[round]!);
    const [unit, tiles] = name === "registers" ? ["GFLOP/s", ""] : ["ms", wide ? "wide" : "narrow"];
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
    console.log(
      `| ${name} | ${median(stock).toFixed(1)} ${unit} | ${median(turbo).toFixed(1)} ${unit} | ` +
        `${median(ratios).toFixed(2)}; ${low}–${high} | ${tiles} |`,
    );
  }
}
