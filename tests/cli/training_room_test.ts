/** What a training takes is said before anything is drawn: in the opening lines, and in the error. @module */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Corpus, type Device, DeviceError, openDevice, predict, train } from "../../mod.ts";
import type { Settings } from "../../src/cli/flags.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { makeModel, makeOptimizer, sizesOf } from "../../src/cli/start_training.ts";
import { checkPlan, demandsOf, type Plan } from "../../src/cli/training_room.ts";
import { inFlags } from "../../src/cli/wording.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { mostBytes } from "../../src/tensors/room.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { refrain } from "./spawn.ts";

const text = "the quick brown fox jumps over the lazy dog ".repeat(60);
const corpus = Corpus.fromText(text);

function planOf(settings: Settings<"train">, validated = false): Plan {
  return {
    model: sizesOf(settings, corpus.vocabulary.size),
    made: false,
    corpus,
    validation: validated ? corpus : undefined,
    samples: 1,
  };
}

/** Trains for an epoch and draws a text, as the command does. */
async function work(device: Device, settings: Settings<"train">, validated: boolean): Promise<void> {
  using model = makeModel(device, settings, corpus.vocabulary.size);
  using optimizer = makeOptimizer(model.parameters(), settings);
  const { batchSize, numSteps } = settings;
  const validation = validated ? corpus : undefined;
  for await (const _ of train(model, corpus, { epochs: 1, batchSize, numSteps, optimizer, validation })) {
    await predict(model, corpus.vocabulary, "the", settings.length);
  }
}

for (const name of DEVICE_NAMES) {
  for (
    const [args, validated] of [
      ["--cell lstm --hidden-size 48 --num-layers 2 --optimizer sgd", true],
      ["--cell gru --embedding-size 40 --hidden-size 40 --tie-weights --optimizer rmsprop", false],
    ] as const
  ) {
    Deno.test(`train takes what its opening lines say: ${args} [${name}]`, async () => {
      const settings = parseFlags("train", args.split(" "));
      using device = await openDevice(name, { threads: 2 });
      const said = mostBytes(device, demandsOf(device, planOf(settings, validated), settings));
      await work(device, settings, validated);
      const { peak } = device.memory;
      assertEquals(
        Math.abs(said - peak) / peak < (name === "wasm" ? 0.001 : 1e-9),
        true,
        `${said} for ${peak}`,
      );
    });
  }
}

/** What a command is told to try: flags as they are written. */
function tried(message: string): string[][] {
  return message.split(": try ")[1]!.split(" or ").map((flags) => flags.replaceAll(" with ", " ").split(" "));
}

/** Arguments in which each flag of `flags` has another value. */
function instead(args: readonly string[], flags: readonly string[]): string[] {
  const named = (word: string | undefined): boolean => word !== undefined && flags.includes(word);
  const others = args.filter((word, index) =>
    !named(word) && !(named(args[index - 1]) && !word.startsWith("--"))
  );
  return [...others, ...flags];
}

/** The sentence with which flags are refused. */
function refusal(device: Device, args: readonly string[]): string {
  const settings = parseFlags("train", [...args]);
  return inFlags(assertThrows(() => checkPlan(device, planOf(settings), settings), DeviceError), "train");
}

Deno.test("train says what a device lacks and which flags would do, and these do [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 2, memoryBytes: 2 ** 26 });
  const cases: [args: string, sentence: RegExp][] = [
    [
      "--hidden-size 4096 --cell lstm",
      /^Cannot train with --hidden-size 4096, --batch-size 32 and --num-steps 35: it needs 1\.6 GiB where device "wasm" holds 63\.9 MiB: try --hidden-size 512$/,
    ],
    [
      "--hidden-size 360 --cell lstm --num-layers 2 --batch-size 60",
      /, --num-layers 2, --batch-size 60 .* holds 63\.9 MiB: try --hidden-size \d+ or --batch-size \d+$/,
    ],
    [
      "--cell gru --hidden-size 900 --embedding-size 900 --tie-weights",
      /: try --hidden-size \d+ with --embedding-size \d+( or .*)?$/,
    ],
  ];
  for (const [args, sentence] of cases) {
    const message = refusal(device, args.split(" "));
    assertMatch(message, sentence);
    for (const flags of tried(message)) {
      const settings = parseFlags("train", instead(args.split(" "), flags));
      checkPlan(device, planOf(settings), settings);
      await work(device, settings, false);
    }
  }
});

Deno.test({
  name: "train says what an adapter gives at most [webgpu]",
  ignore: !DEVICE_NAMES.includes("webgpu"),
  fn: async () => {
    using device = await openWebgpu({ mostWords: 2 ** 18 });
    const message = refusal(device, ["--hidden-size", "1000"]);
    assertMatch(
      message,
      / parameters take 3\.9 MiB where device "webgpu" gives at most 1\.0 MiB at once: try /,
    );
    const [flags] = tried(message);
    const settings = parseFlags("train", flags!);
    checkPlan(device, planOf(settings), settings);
    await work(device, settings, false);
  },
});

Deno.test("a model that is larger than the device ends train at once, and leaves no folder", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const start = performance.now();
  const args = ["train", "--device", "wasm", "--cell", "lstm", "--hidden-size", "16384"];
  const { code, stdout, stderr } = await refrain(args, { cwd });
  assertEquals([code, stdout, [...Deno.readDirSync(cwd)]], [1, "", []]);
  assertMatch(
    stderr,
    /^error: Cannot train with --hidden-size 16384, --batch-size 32 and --num-steps 35: it needs \d+\.\d GiB where device "wasm" holds 4\.0 GiB: try --hidden-size \d+\n$/,
  );
  assertEquals(performance.now() - start < 10_000, true, "it took 39 seconds to draw the weights");
});

Deno.test("before a large text is read, a model is refused that is too large for any", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeFile(`${cwd}/large.txt`, new Uint8Array());
  await Deno.truncate(`${cwd}/large.txt`, 2 ** 24 + 1); // of NUL characters, which nobody reads
  const args = [
    "train",
    "--device",
    "wasm",
    "--corpus",
    "large.txt",
    "--hidden-size",
    "16384",
    "--cell",
    "gru",
  ];
  const { code, stdout, stderr } = await refrain(args, { cwd });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^error: Cannot train with .*: it needs at least \d+\.\d GiB where device "wasm" holds 4\.0 GiB\n$/,
  );
});

Deno.test("a rank takes what its rows take", async () => {
  const settings = parseFlags("train", ["--batch-size", "64", "--hidden-size", "48"]);
  using device = await openDevice("wasm", { threads: 1 });
  const bytesOf = (plan: Plan, batchSize: number): number =>
    mostBytes(device, demandsOf(device, plan, { ...settings, batchSize }));
  const plan = planOf(settings);
  assertEquals(bytesOf({ ...plan, ranks: 4 }, 64), bytesOf(plan, 16));
});
