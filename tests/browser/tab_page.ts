/**
 * What tabs.ts has a page do on its own thread, in front or hidden.
 *
 * @module
 */
import { Corpus, type DeviceName, LSTM, openDevice, RNNModel, train } from "../../mod.ts";

/** What happened while a model was trained until a signal ended it. */
export interface Lived {
  readonly description: string;
  readonly hidden: boolean;
  readonly steps: number;
  /** Milliseconds from the first step to the end, and from the abort to the end. */
  readonly milliseconds: number;
  readonly abort: number;
  /** How often a timer, a frame and a click had their turn. */
  readonly ticks: number;
  readonly frames: number;
  readonly clicks: number;
}

declare const document: { readonly visibilityState: "visible" | "hidden"; title: string };
declare function requestAnimationFrame(frame: () => void): void;

/** Trains a small model until some time has passed since its first step. */
async function trainFor(milliseconds: number, name: DeviceName): Promise<Lived> {
  const device = await openDevice(name);
  const corpus = Corpus.fromText("火车开了 我们只是暂时分开 ".repeat(8));
  const { size } = corpus.vocabulary;
  const model = new RNNModel(new LSTM(device, { inputSize: size, hiddenSize: 48, seed: 1 }), size);
  const controller = new AbortController();
  const lived = { ticks: 0, frames: 0, clicks: 0, steps: 0, abort: 0 };
  let first = 0;
  const onStep = (): void => {
    if (++lived.steps > 1) return;
    first = performance.now();
    setTimeout(() => {
      lived.abort = performance.now();
      controller.abort();
    }, milliseconds);
  };
  const click = (): unknown => lived.clicks++;
  const frame = (): void => {
    lived.frames++;
    if (!controller.signal.aborted) requestAnimationFrame(frame);
  };
  addEventListener("pointerdown", click);
  document.title = "listening";
  requestAnimationFrame(frame);
  const ticking = setInterval(() => lived.ticks++, 10);
  const options = { epochs: 1e6, logEvery: 1e6, batchSize: 4, numSteps: 5, learningRate: 1e-3 };
  const training = train(model, corpus, { ...options, signal: controller.signal, onStep });
  await training.next().catch((error) => {
    if (!controller.signal.aborted) throw error;
  });
  const end = performance.now();
  clearInterval(ticking);
  removeEventListener("pointerdown", click);
  document.title = "";
  const { description } = device.info;
  device[Symbol.dispose]();
  const hidden = document.visibilityState === "hidden";
  return { ...lived, description, hidden, milliseconds: end - first, abort: end - lived.abort };
}

/** Milliseconds from an abort within the first step, whose kernels a GPU still compiles, to the end. */
async function abortFirst(milliseconds: number, name: DeviceName): Promise<{ steps: number; abort: number }> {
  using device = await openDevice(name);
  const corpus = Corpus.fromText("火车开了 我们只是暂时分开 ".repeat(8));
  const { size } = corpus.vocabulary;
  const model = new RNNModel(
    new LSTM(device, { inputSize: size, hiddenSize: 48, numLayers: 2, seed: 1 }),
    size,
  );
  const controller = new AbortController();
  let [steps, at] = [0, 0];
  setTimeout(() => {
    at = performance.now();
    controller.abort();
  }, milliseconds);
  const onStep = (): void => void steps++;
  const options = {
    epochs: 1e6,
    logEvery: 1e6,
    batchSize: 4,
    numSteps: 5,
    signal: controller.signal,
    onStep,
  };
  await train(model, corpus, options).next().catch((error) => {
    if (!controller.signal.aborted) throw error;
  });
  return { steps, abort: performance.now() - at };
}

/** Milliseconds that timers of no time take, one after the other. */
async function timers(count: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  return performance.now() - start;
}

if (!("Deno" in globalThis)) Object.assign(globalThis, { trainFor, abortFirst, timers });
