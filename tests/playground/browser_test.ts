/**
 * The playground in a real Chromium: its weights and texts are Deno's, from a server and from a file without a network.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Corpus, decodeModel, encodeModel, generate, GRU, openDevice, RNNModel, train } from "../../mod.ts";
import { PLAYGROUND_HEADERS, playgroundFiles, playgroundPage } from "../../src/playground.ts";
import type { Answer } from "../../tools/playground/protocol.ts";
import { hasChromium, launchChromium, openPage, requestsOf } from "../browser/launch.ts";
import { ask, KEEP, startEngine } from "./play.ts";

const TEXT = "the quick brown fox jumps over the lazy dog\n".repeat(100);
/** Gradients are clipped to so little that Adam's epsilon counts: steps that are clipped otherwise are others. */
const SIZES = { batchSize: 8, numSteps: 16, clipGradNorm: 1e-6 };
const HIDDEN = 32;
const NAME = "</script><script>globalThis.hit = 1</script>";

/** What Deno makes of the text in some steps: losses, and the model's file. */
async function trained(
  steps: number,
  clipGradNorm: number = SIZES.clipGradNorm,
): Promise<{ losses: number[]; bytes: Uint8Array<ArrayBuffer> }> {
  using device = await openDevice("wasm", { deterministic: true, threads: 2 });
  const corpus = Corpus.fromText(TEXT);
  const { size } = corpus.vocabulary;
  const model = new RNNModel(new GRU(device, { inputSize: size, hiddenSize: HIDDEN, seed: 0 }), size);
  const enough = new AbortController();
  let taken = 0;
  const losses: number[] = [];
  const options = { epochs: 10, ...SIZES, learningRate: 3e-3, clipGradNorm, logEvery: "1steps" as const };
  const onStep = (): void => {
    taken++;
    if (taken === steps) enough.abort();
  };
  try {
    for await (const { loss } of train(model, corpus, { ...options, signal: enough.signal, onStep })) {
      losses.push(loss);
    }
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  return { losses, bytes: await encodeModel(model, corpus.vocabulary) };
}

/** The losses that the engine told. */
function lossesOf(answers: readonly Answer[]): number[] {
  return answers.flatMap((answer) => answer.kind === "report" ? [answer.report.loss] : []);
}

Deno.test({
  name: "the playground in Chromium",
  ignore: !await hasChromium(),
  sanitizeOps: false,
  sanitizeResources: false,
}, async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "refrain-playground-" });
  const files = playgroundFiles();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { type, text } = files[new URL(request.url).pathname] ?? { type: "text/plain", text: "" };
    return new Response(text, { headers: { ...PLAYGROUND_HEADERS, "content-type": type } });
  });
  const chromium = await launchChromium();
  const here = await trained(50);
  const wish = { hiddenSize: HIDDEN, ...SIZES, epochs: 10, logEvery: "1steps" as const };
  try {
    const address = `http://127.0.0.1:${server.addr.port}/`;
    const page = await openPage(chromium);
    await page.goto(address);
    await startEngine(page);

    await t.step("50 steps of the deterministic build make Deno's weights, byte for byte", async () => {
      const options = { ...wish, maxSteps: 50, device: "wasm" as const, deterministic: true };
      const answers = await ask(page, { id: 1001, kind: "train", text: TEXT, options });
      assertEquals(lossesOf(answers), here.losses);
      const training = answers[0]!;
      assert(training.kind === "training");
      assertEquals(training.device.threads, Math.min(navigator.hardwareConcurrency, 16));
      await ask(page, { id: 1002, kind: "adopt" });
      const saved = (await ask(page, { id: 1003, kind: "save" })).at(-1) as unknown as { bytes: number[] };
      assertEquals(saved.bytes.length, here.bytes.length);
      assert(here.bytes.every((byte, index) => byte === saved.bytes[index]), "the bytes differ");
    });

    await t.step("the first ten losses on WebGPU are Deno's to 1e-3", async () => {
      const options = { ...wish, maxSteps: 11, device: "webgpu" as const };
      const answers = await ask(page, { id: 1011, kind: "train", text: TEXT, options });
      const training = answers[0]!;
      assert(training.kind === "training");
      assertEquals(training.device.device, "webgpu");
      const losses = lossesOf(answers).slice(0, 10);
      assertEquals(losses.length, 10);
      const offBy = (others: number[]): number =>
        Math.max(...losses.map((loss, step) => Math.abs(loss - others[step]!)));
      assert(offBy(here.losses) <= 1e-3, `they are off by ${offBy(here.losses)}`);
      for (const clip of [Infinity, 1, 2 * SIZES.clipGradNorm]) {
        const off = offBy((await trained(11, clip)).losses);
        assert(off > 1e-2, `clipped to ${clip} they would be off by ${off} alone`);
      }
    });

    await t.step("a file without a network goes on with Deno's text, and asks for nothing", async () => {
      const path = `${folder}/friend.html`;
      const file = playgroundPage({ name: NAME, bytes: here.bytes });
      assert(file.length <= 1_600_000 + 4 / 3 * here.bytes.length, `it has ${file.length} bytes`);
      await Deno.writeTextFile(path, file);
      const page = await openPage(chromium, { offline: true });
      const left = await requestsOf(page, /^(file|blob):/);
      await page.addInitScript({ content: KEEP });
      await page.goto(`file://${path}`);
      await startEngine(page);
      const request = { id: 2001, kind: "open", device: "wasm" } as const;
      const [opened] = await page.evaluate<Answer[]>(
        `asks({ ...${
          JSON.stringify(request)
        }, bytes: Uint8Array.from(atob(kept.model), (sign) => sign.charCodeAt(0)).buffer })`,
      );
      assert(opened?.kind === "opened", JSON.stringify(opened));
      assertEquals([opened.device.threads, opened.device.single], [1, "isolated"]);
      const asked = { prefix: "the ", length: 200, temperature: 0.8, seed: 5, count: 2 };
      const pieces = (await ask(page, { id: 2002, kind: "generate", ...asked }))
        .flatMap((answer) => answer.kind === "pieces" ? answer.pieces : []);
      using device = await openDevice("wasm", { threads: 1 });
      const { model, vocabulary } = await decodeModel(here.bytes, device);
      const own = await Array.fromAsync(generate(model, vocabulary, asked));
      assertEquals(pieces.map(({ row, text }) => row + text), own.map(({ row, text }) => row + text));
      const refused = `fetch("${address}").then(() => "sent", ({ message }) => message)`;
      assertEquals(await page.evaluate(refused), "Failed to fetch");
      assertEquals([await page.evaluate("globalThis.hit"), left], [undefined, []]);
    });
  } finally {
    await chromium.close();
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
