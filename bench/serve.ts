/**
 * Texts that are drawn together, and a server of them beside onnxruntime-node's:
 *
 *     deno task bench:serve [--rounds 5] [--only batcher|server]
 *
 * Measurements that are compared alternate. The server's part runs once as `deno task turbo` does and once without.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type Device, generate, openDevice } from "../mod.ts";
import { type Asked, Batcher } from "../src/serve/batcher.ts";
import { atEnd } from "./ends.ts";
import { TURBO } from "./harness.ts";
import { type MODELS, served } from "./serve/served.ts";

type Part = () => Promise<number>;

const { rounds: given, only } = parseArgs(Deno.args, { string: ["rounds", "only"] });
const rounds = Number(given ?? 5);

/** The middle of each part's numbers, taken in turn; the first round warms up. */
async function inTurn(parts: readonly Part[]): Promise<number[]> {
  const all: number[][] = parts.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [at, part] of parts.entries()) {
      const value = await part();
      if (round > 0) all[at]!.push(value);
    }
  }
  return all.map((values) => values.sort((a, b) => a - b)[values.length >> 1]!);
}

function line(what: string, value: string, aim: string): void {
  console.log(`| ${what.padEnd(66)} | ${value.padStart(34)} | ${aim.padEnd(8)} |`);
}

const fixed = (value: number, digits = 2): string => value.toFixed(digits);

async function count(tokens: AsyncIterable<unknown>): Promise<number> {
  let n = 0;
  for await (const _ of tokens) n++;
  return n;
}

/** Milliseconds that a rate is taken over, at least. */
const RATE = 1000;

/** Tokens a second of clients that ask again and again, one request after the other. */
async function clients(ask: (client: number) => Promise<number>, number: number): Promise<number> {
  const start = performance.now();
  let drawn = 0;
  await Promise.all(Array.from({ length: number }, async (_, client) => {
    do {
      const tokens = await ask(client);
      drawn += tokens; // not in one line: others add while this one waits
    } while (performance.now() - start < RATE);
  }));
  return drawn / (performance.now() - start) * 1000;
}

async function batcherPart(device: Device, name: keyof typeof MODELS): Promise<void> {
  const { model, vocabulary } = served(device, name);
  using batcher = new Batcher(model, vocabulary);
  const asked = (length: number, seed = 0): Asked => ({ prefix: Uint32Array.of(1, 2, 3), length, seed });
  const ask = (length: number, seed = 0): Promise<number> => count(batcher.ask(asked(length, seed)));
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };

  const [alone, beside] = await inTurn([
    () => time(() => ask(10)),
    async () => {
      const long = batcher.ask(asked(5000));
      for (let i = 0; i < 100; i++) await long.next();
      const taken = await time(() => ask(10));
      await long.return();
      return taken;
    },
  ]);
  line(
    `${name}: 10 characters beside one of 5,000, × alone`,
    `${fixed(beside! / alone!)} (${fixed(beside!)} ms)`,
    "≤ 3",
  );

  const prefix = vocabulary.decode([1, 2, 3]);
  const [one, many, own] = await inTurn([
    () => clients((client) => ask(100, client), 1),
    () => clients((client) => ask(100, client), 64),
    () => clients(() => count(generate(model, vocabulary, { prefix, count: 32, length: 100 })), 1),
  ]);
  line(
    `${name}: 64 clients × 100, × one client's rate`,
    `${fixed(many! / one!)} (${fixed(many!, 0)} : ${fixed(one!, 0)}/s)`,
    name === "tutorial" ? "" : "≥ 3",
  );
  line(
    `${name}: 64 clients × 100, × generate --count 32`,
    `${fixed(many! / own!)} (${fixed(own!, 0)}/s)`,
    "≥ 0.8",
  );

  const [step, first] = await inTurn([
    () => clients((client) => ask(200, client), 16).then((rate) => 16 / rate * 1000),
    async () => {
      const others = Array.from({ length: 15 }, (_, seed) => batcher.ask(asked(100_000, seed)));
      for (const other of others) for (let i = 0; i < 40; i++) await other.next();
      const last = batcher.ask(asked(10));
      const taken = await time(() => last.next());
      for (const text of [...others, last]) await text.return();
      return taken;
    },
  ]);
  line(
    `${name}: first character with 16 clients, in steps of that batch`,
    `${fixed(first! / step!, 1)} (${fixed(first!, 1)} ms)`,
    "≤ 20",
  );

  const broken = (at: number): boolean => at % 10 === 9;
  let done = 0;
  let errors = 0;
  const some = async (): Promise<void> => {
    await Promise.all(Array.from({ length: 64 }, async () => {
      while (done < 1000) {
        const at = done++;
        const controller = new AbortController();
        try {
          let n = 0;
          for await (const _ of batcher.ask({ ...asked(30, at), signal: controller.signal })) {
            if (broken(at) && ++n === 5) controller.abort();
          }
        } catch (error) {
          if (!broken(at)) errors++;
          else if (!controller.signal.aborted) throw error;
        }
      }
    }));
    await ask(1);
  };
  await some();
  const before = device.memory.used;
  done = 0;
  await some();
  const more = device.memory.used - before;
  line(
    `${name}: 1,000 requests of 64 clients, 10 % broken off`,
    `${errors} errors, ${more} bytes more`,
    "0, 0",
  );
}

/** Servers that run: a signal comes while several do. */
const children = new Set<Deno.ChildProcess>();

function endAll(): void {
  for (const child of children) child.kill();
}

/** A server of its own process. */
async function start(
  system: string,
  args: string[],
  flags: string[],
): Promise<{ port: number } & Disposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--no-lock",
      ...flags,
      new URL(`serve/${system}.ts`, import.meta.url).pathname,
      ...args,
    ],
    stdout: "piped",
  }).spawn();
  children.add(child);
  void child.status.then(() => children.delete(child));
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  if (value === undefined) throw new Error(`${system} has ended before it served`);
  return {
    port: Number(value),
    [Symbol.dispose](): void {
      if (children.delete(child)) child.kill();
    },
  };
}

async function serverPart(name: keyof typeof MODELS): Promise<void> {
  for (const flags of [[TURBO], []]) {
    using own = await start("refrain", [name], flags);
    using one = await start("onnxruntime", [name, "1"], flags);
    using two = await start("onnxruntime", [name, "2"], flags);
    const said = new Set<string>();
    for (const number of [1, 32]) {
      const rates = await inTurn([own, one, two].map(({ port }) => () =>
        clients(async () => {
          const body = JSON.stringify({ prefix: [1, 2, 3], length: 100 });
          const ids = await (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body })).text();
          said.add(ids);
          return 100;
        }, number)
      ));
      const best = Math.max(rates[1]!, rates[2]!);
      line(
        `${name}: server, ${number} clients, ${flags.length ? "turbo" : "stock"}, × onnxruntime-node's`,
        `${fixed(rates[0]! / best)} (${rates.map((rate) => fixed(rate, 0)).join(" : ")}/s)`,
        flags.length ? "≥ 1.5" : "",
      );
    }
    if (said.size > 1) console.log(`${name}: the texts differ`);
  }
}

if (import.meta.main) {
  using _ = atEnd(endAll);
  line("what", "measured", "aim");
  line("-".repeat(66), "-".repeat(34), "-".repeat(8));
  if (only !== "server") {
    using device = await openDevice("wasm");
    for (const name of ["tutorial", "LSTM 2 × 512"] as const) await batcherPart(device, name);
  }
  if (only !== "batcher") {
    for (const name of ["tutorial", "LSTM 512"] as const) await serverPart(name);
  }
}
