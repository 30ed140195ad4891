/**
 * Texts of int8 in a real Chromium: WebGPU writes those of WebAssembly, by packed products where the browser has them and by
 * numbers in registers where it has not.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  decodeModel,
  encodeModel,
  generate,
  type Generated,
  openDevice,
  quantize,
  RNNModel,
  Vocabulary,
} from "../../mod.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { PLAYGROUND_HEADERS, playgroundFiles } from "../../src/playground.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { hasChromium, launchChromium, openPage } from "../browser/launch.ts";
import type { Page } from "../browser/playwright.ts";
import type { Answer } from "../../tools/playground/protocol.ts";
import { ask, startEngine } from "./play.ts";

const FEATURE = "packed_4x8_integer_dot_product";
/** Whether a page has an adapter, and that feature. */
const KNOWN = `(async () => [await navigator.gpu?.requestAdapter() != null,
  navigator.gpu?.wgslLanguageFeatures.has("${FEATURE}") ?? false])()`;
/** Makes a worker's browser one without that feature. */
const HIDE = `Object.defineProperty(navigator.gpu, "wgslLanguageFeatures", { value: new Set() });\n`;
const ASKED = { prefix: "fa", length: 60, seed: 1 };
const VOCABULARY = Vocabulary.fromText("fa la do re mi sol");
const { size: V } = VOCABULARY;
const H = 20;
const SIZES = { inputSize: H, hiddenSize: H, numLayers: 2, seed: 1 };
/** Of log probabilities. */
const TOLERANCE = TOLERANCES.generate_steps(2 + ASKED.length, H, V);

/** A model's file, and what WebAssembly writes by it. */
interface Written {
  readonly bytes: Uint8Array;
  readonly pieces: readonly Generated[];
}

/** The text of some pieces. */
function textOf(pieces: readonly Generated[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** How far log probabilities of one text are apart, at most; Infinity of two texts. */
function apart(some: readonly Generated[], others: readonly Generated[]): number {
  if (textOf(some) !== textOf(others)) return Infinity;
  return Math.max(...some.map((one, i) => Math.abs(one.logProbability! - others[i]!.logProbability!)));
}

/** A model of int8, of which the float32 numbers that it stands for have other probabilities. */
async function written(kind: Kind): Promise<Written> {
  using device = await openDevice("wasm", { threads: 1 });
  const layer = makeLayer(device, kind, { ...SIZES, ...(kind === "rnn" ? { nonlinearity: "relu" } : {}) });
  const model = new RNNModel(layer, V, { embeddingSize: H, tieWeights: kind === "gru", seed: 1 });
  const bytes = await quantize(await encodeModel(model, VOCABULARY));
  const { model: int8 } = await decodeModel(bytes, device);
  const asked = { ...ASKED, logProbabilities: true }; // as the engine asks
  const pieces = await Array.fromAsync(generate(int8, VOCABULARY, asked));
  int8.loadStateDict(await int8.stateDict());
  const floats = await Array.fromAsync(generate(int8, VOCABULARY, asked));
  assert(apart(pieces, floats) > 10 * TOLERANCE, `${kind}: by ${apart(pieces, floats)}`);
  return { bytes, pieces };
}

/** What a page's engine writes on WebGPU. */
async function piecesIn(page: Page, bytes: Uint8Array): Promise<Generated[]> {
  const open =
    `asks({ id: 1, kind: "open", device: "webgpu", bytes: Uint8Array.from(atob("${bytes.toBase64()}"),
    (sign) => sign.charCodeAt(0)).buffer })`;
  const [opened] = await page.evaluate<Answer[]>(open);
  assert(opened?.kind === "opened" && opened.device.device === "webgpu", JSON.stringify(opened));
  const answers = await ask(page, { id: 2, kind: "generate", ...ASKED });
  return answers.flatMap((answer) => answer.kind === "pieces" ? answer.pieces : []);
}

Deno.test({
  name: "texts of int8 on Chromium's WebGPU are WebAssembly's, packed and unpacked",
  ignore: !await hasChromium(),
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  const files = playgroundFiles();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const [, way, path] = /^\/(\w+)(\/.*)/.exec(new URL(request.url).pathname) ?? [];
    const { type, text } = files[path!] ?? { type: "text/plain", text: "" };
    const hide = way === "unpacked" && path === "/engine.js" ? HIDE : "";
    return new Response(hide + text, { headers: { ...PLAYGROUND_HEADERS, "content-type": type } });
  });
  const chromium = await launchChromium();
  try {
    const models = await Promise.all(KINDS.map(written));
    for (const way of ["packed", "unpacked"]) {
      const page = await openPage(chromium);
      await page.goto(`http://127.0.0.1:${server.addr.port}/${way}/`);
      const [adapter, packed] = await page.evaluate<[boolean, boolean]>(KNOWN);
      const missing = adapter ? way === "packed" && !packed && `no ${FEATURE}` : "no adapter";
      await t.step({
        name: missing ? `${way}: this browser has ${missing}` : way,
        ignore: missing !== false,
        fn: async () => {
          await startEngine(page);
          for (const { bytes, pieces } of way === "packed" || !packed ? models : models.slice(-1)) {
            const there = await piecesIn(page, bytes);
            assertEquals(textOf(there), textOf(pieces));
            const off = apart(there, pieces);
            assert(off <= TOLERANCE, `log probabilities are off by ${off}`);
          }
        },
      });
    }
  } finally {
    await chromium.close();
    await server.shutdown();
  }
});
