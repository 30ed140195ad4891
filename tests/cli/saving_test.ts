/** What a run keeps where one of its files cannot be written for a while. @module */
import { assertEquals } from "@std/assert";
import {
  Corpus,
  decodeModel,
  type Device,
  encodeModel,
  openDevice,
  RNN,
  RNNModel,
  Training,
} from "../../mod.ts";
import { KeptRun } from "../../src/cli/train/kept_run.ts";
import { saveAtLast } from "../../src/cli/train/save_at_last.ts";
import { Signals } from "../../src/cli/train/signals.ts";
import { readFile, readTextFile } from "../../src/files/atomic_file.ts";
import { listNames } from "../../src/files/paths.ts";
import { RunFolder } from "../../src/files/run_folder.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

const corpus = Corpus.fromText("分开 不分开 ".repeat(4));
const { vocabulary } = corpus;
/** What stands for the text's SHA-256. */
const HASH = "0".repeat(64);

/** A run of a small model, in a folder of its own. */
interface Small extends AsyncDisposable {
  readonly device: Device;
  readonly run: RunFolder;
  readonly model: RNNModel;
  readonly kept: KeptRun;
  /** A report with this loss has ended. */
  readonly report: (epoch: number, loss: number) => Promise<void>;
}

async function smallRun(validated: boolean): Promise<Small> {
  const folder = await temporaryFolder();
  const device = await openDevice("wasm", { threads: 1 });
  const run = await RunFolder.create(`${folder.path}/run`);
  const layer = new RNN(device, { inputSize: vocabulary.size, hiddenSize: 3, seed: 0 });
  const model = new RNNModel(layer, vocabulary.size);
  const training = new Training(model, corpus, { epochs: 1, batchSize: 2, numSteps: 5 });
  const kept = new KeptRun({
    run,
    training,
    subject: {
      hash: HASH,
      vocabulary: vocabulary.toJSON(),
      validated,
      settings: { saveEvery: 300 },
      encode: (origin) => encodeModel(model, vocabulary, origin),
    },
    computes: "",
  });
  const report = async (epoch: number, loss: number): Promise<void> => {
    const fields = { epoch, loss, ...(validated ? { validationLoss: loss } : {}) };
    await kept.end({ ...fields, temperature: 0, samples: [] } as unknown as Parameters<KeptRun["end"]>[0], [
      `epoch ${epoch}`,
    ], false);
  };
  const end = async (): Promise<void> => {
    training[Symbol.dispose]();
    device[Symbol.dispose]();
    await run.close();
    await folder[Symbol.asyncDispose]();
  };
  return { device, run, model, kept, report, [Symbol.asyncDispose]: end };
}

/** Lets a method of a folder fail as on a disk that is full, so many times. */
function failing(
  run: RunFolder,
  name: "writeModel" | "appendSamples" | "writeCheckpoint",
  times: number,
): void {
  const method = run[name].bind(run) as (argument: unknown) => Promise<void>;
  Object.assign(run, {
    [name]: async (argument: unknown) => {
      if (times-- > 0) throw new RangeError(`Cannot write "${name}"`, { cause: new Error("full") });
      await method(argument);
    },
  });
}

/** Other weights, as training makes them. */
async function change(model: RNNModel): Promise<Uint8Array> {
  const weights = await model.stateDict();
  for (const { data } of Object.values(weights)) data.set(data.map((value) => value + 1));
  model.loadStateDict(weights);
  return await encodeModel(model, vocabulary, { epoch: 0, step: 0, corpus: HASH });
}

Deno.test("the best model that could not be written is written later, and no later one in its place", async () => {
  await using small = await smallRun(true);
  const { run, model, kept, report } = small;
  const path = `${run.path}/model.safetensors`;
  await report(1, 2);
  failing(run, "writeModel", 2);
  const best = await change(model);
  await report(2, 1);
  assertEquals(kept.failure, 'Cannot write "writeModel"');
  await change(model);
  await report(3, 3);
  assertEquals([kept.failure, await readFile(path)], [undefined, best]);
  await kept.save();
  assertEquals(await readFile(path), best);
});

Deno.test("the checkpoint is written last: a run that is killed before makes the rest again", async () => {
  await using small = await smallRun(false);
  const { run, model, kept } = small;
  failing(run, "writeCheckpoint", 1);
  const weights = await change(model);
  await kept.save();
  assertEquals(kept.failure, 'Cannot write "writeCheckpoint"');
  assertEquals(await readFile(`${run.path}/model.safetensors`), weights);
});

Deno.test("lines of which a part was written are there once", async () => {
  await using small = await smallRun(false);
  const { run, report } = small;
  failing(run, "appendSamples", 1);
  await report(1, 2);
  await report(2, 1);
  assertEquals(await readTextFile(`${run.path}/samples.txt`), "epoch 1\nepoch 2\n");
  assertEquals((await readTextFile(`${run.path}/log.jsonl`)).split("\n").length, 3);
});

Deno.test("where the folder beside is full too, it goes, and the run stays where it was", async () => {
  await using small = await smallRun(true);
  const { run, model, kept, report } = small;
  const best = await change(model);
  await report(1, 2);
  await change(model);
  failing(run, "writeCheckpoint", 6);
  await kept.save();
  const { beside } = RunFolder;
  let full = 2;
  RunFolder.beside = async (path) => {
    const other = await beside(path);
    if (full-- > 0) failing(other, "writeCheckpoint", 1);
    return other;
  };
  const parent = run.path.replace(/\/run$/, "");
  const names: string[][] = [];
  const signals = {
    times: 0,
    wait: async () => {
      names.push(await listNames(parent));
      return true;
    },
  };
  try {
    await saveAtLast({ kept, signals: signals as unknown as Signals, config: { epochs: 2 } }, 0);
  } finally {
    RunFolder.beside = beside;
  }
  assertEquals(names, [["run"], ["run"]]);
  assertEquals([kept.path, kept.failure], [`${run.path}-2`, undefined]);
  assertEquals(await readFile(`${run.path}-2/model.safetensors`), best);
  const { model: loaded } = await decodeModel(
    await readFile(`${run.path}-2/model.safetensors`),
    small.device,
  );
  loaded[Symbol.dispose]();
});

Deno.test({
  name: "a terminal that hangs up stops the run, though it is no terminal any more",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    let open = true;
    using signals = new Signals([{ isTerminal: () => open }]);
    signals.begin();
    open = false;
    const stopped = new Promise((resolve) => signals.signal.addEventListener("abort", resolve));
    const late = setTimeout(() => signals.stop({ code: 0, word: "Late" }), 5000);
    Deno.kill(Deno.pid, "SIGHUP");
    await stopped;
    clearTimeout(late);
    assertEquals(signals.stopped, { code: 129, word: "Stopped" });
  },
});
