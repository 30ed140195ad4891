/**
 * A model as a page of one file in Chromium, by the kind of its weights: the page's bytes, from the file to the first character
 * behind the prefix, and characters a second of a text, on WebAssembly. Pages are opened in turn, without a network.
 *
 *     deno run -A bench/page.ts [--cell lstm] [--hidden-size 256] [--vocabulary 1027] [--rounds 5] [--length 400]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { encodeModel, openDevice, quantize, RNNModel, Vocabulary } from "../mod.ts";
import { makeLayer } from "../src/layers/make_layer.ts";
import { KINDS } from "../src/layers/recurrent/cell.ts";
import { playgroundPage } from "../src/playground.ts";
import { launchChromium, openPage } from "../tests/browser/launch.ts";
import type { Browser } from "../tests/browser/playwright.ts";
import { KEEP, startEngine } from "../tests/playground/play.ts";
import { namesOf, numberOf, unknown } from "./flags.ts";
import { median, table } from "./harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const flags = parseArgs(Deno.args, {
  string: ["cell", "hidden-size", "vocabulary", "rounds", "length"],
  unknown,
}) as Partial<Record<string, string>>;
const number = (name: string, otherwise: number): number =>
  flags[name] === undefined ? otherwise : numberOf(name, flags[name]);
const kind = KINDS.find((kind) => kind === namesOf("cell", flags["cell"] ?? "lstm", KINDS)[0])!;
const hiddenSize = number("hidden-size", 256);
const size = number("vocabulary", 1027);
const rounds = number("rounds", 5);
const length = number("length", 400);

/** The files of a model with weights of each kind. */
async function filesOf(): Promise<Record<string, Uint8Array>> {
  using device = await openDevice("wasm", { threads: 1 });
  using model = new RNNModel(makeLayer(device, kind, { inputSize: size, hiddenSize, seed: 0 }), size);
  const tokens = Array.from({ length: size }, (_, id) => String.fromCodePoint(0x4e00 + id));
  const float32 = await encodeModel(model, Vocabulary.fromJSON(tokens));
  return { float32, f16: await quantize(float32, { to: "f16" }), int8: await quantize(float32) };
}

/** Opens the carried model in an engine of its own and asks for a text: milliseconds of page, first character and text. */
const ASK = `(async (length) => {
  const bytes = Uint8Array.from(atob(kept.model), (sign) => sign.charCodeAt(0)).buffer;
  const [opened] = await asks({ id: 9001, kind: "open", device: "wasm", bytes });
  if (opened.kind !== "opened") throw new Error(JSON.stringify(opened));
  const asked = { kind: "generate", prefix: "一", seed: 1 };
  await asks({ ...asked, id: 9002, length: 1 });
  const first = performance.now();
  await asks({ ...asked, id: 9003, length });
  return [first, performance.now() - first];
})`;

/** From the page's navigation to the first character, and a text's time, both in milliseconds. */
async function timesOf(browser: Browser, path: string): Promise<[first: number, text: number]> {
  await using page = await openPage(browser, { offline: true });
  await page.addInitScript({ content: KEEP });
  await page.goto(`file://${path}`);
  await startEngine(page);
  return await page.evaluate<[number, number]>(`${ASK}(${length})`);
}

const files = await filesOf();
using temporary = temporaryFolder();
const sizes: Record<string, number> = {};
const times: Record<string, [number, number][]> = {};
for (const [name, bytes] of Object.entries(files)) {
  const page = playgroundPage({ name, bytes });
  sizes[name] = page.length;
  times[name] = [];
  await Deno.writeTextFile(`${temporary.path}/${name}.html`, page);
}
const browser = await launchChromium();
try {
  for (let round = 0; round <= rounds; round++) {
    for (const name of Object.keys(files)) {
      const taken = await timesOf(browser, `${temporary.path}/${name}.html`);
      if (round > 0) times[name]!.push(taken); // the first finds caches cold
    }
  }
} finally {
  await browser.close();
}
console.log(table(
  ["weights", "model, bytes", "page, bytes", "first character, ms", "÷ float32", "characters/s"],
  Object.keys(files).map((name) => {
    const ratios = times[name]!.map(([first], round) => first / times["float32"]![round]![0]);
    return [
      name,
      `${files[name]!.length}`,
      `${sizes[name]}`,
      median(times[name]!.map(([first]) => first)).toFixed(0),
      median(ratios).toFixed(2),
      (1000 * length / median(times[name]!.map(([, text]) => text))).toFixed(0),
    ];
  }),
));
