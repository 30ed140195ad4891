/** Files of other programs in place of a model: each is named for what it is, with what to do. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { load } from "../../mod.ts";
import { foreignKind } from "../../src/exchange/foreign.ts";
import { decodeModel } from "../../src/exchange/model_file.ts";
import { encodeSafetensors } from "../../src/files/safetensors.ts";
import { Random } from "../../src/random.ts";
import { gru, UNTOUCHED } from "../support/state_dicts.ts";
import { refrain } from "../cli/spawn.ts";

const FOLDER = new URL("../golden/foreign/", import.meta.url);

/** Files that the programs themselves wrote: tests/golden/generate_foreign.py. */
const WRITTEN: Record<string, [what: string, advice: string]> = {
  "state_dict.pth": ["a zip of PyTorch's torch.save()", "importModel()"],
  "old_state_dict.pt": ["an old file of PyTorch's torch.save()", "safetensors.torch.save_file()"],
  "script.pt": ["a TorchScript program of PyTorch", "save its state_dict()"],
  "program.pt2": ["an exported program of PyTorch", "save its state_dict()"],
  "weights.pkl": ["a pickle of Python", "pickle.load()"],
  "array.npy": ["a NumPy array (.npy)", "safetensors.numpy.save_file()"],
  "arrays.npz": ["an archive of NumPy arrays (.npz)", "importModel()"],
  "compressed.npz": ["an archive of NumPy arrays (.npz)", "importModel()"],
  "model.weights.h5": ["an HDF5 file, as Keras writes it", "importModel()"],
  "model.keras": ["a model of Keras (.keras)", "importModel()"],
  "flax.msgpack": ["a MessagePack file, as Flax writes it", "importModel()"],
  "model.onnx": ["a model of ONNX", "importModel()"],
  "producer.onnx": ["a model of ONNX", "importModel()"],
  "model.gguf": ["a GGUF file", "under PyTorch's names"],
  "model.safetensors.gz": ["a gzip archive", "unpack it with gunzip"],
  "model.zip": ["a zip archive", 'unpack it, and name "inner/model.safetensors"'],
  "empty.zip": ["a zip archive", "unpack it, and name the model file in it"],
  "model.tar": ["a tar archive", "unpack it with tar -xf"],
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A field of a message of Protocol Buffers that has a length below 128. */
const field = (number: number, content: string): string =>
  String.fromCharCode(8 * number + 2, content.length) + content;

/** Texts as servers and tools send them, and formats by their definitions. */
const MADE: [bytes: Uint8Array, what: string, advice: string][] = [
  [new Uint8Array(0), "empty", "save or fetch it again"],
  [
    utf8("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
    "a pointer of git-lfs to the file itself",
    "git lfs pull",
  ],
  [utf8("\n<!DOCTYPE html>\n<html><title>Sign in</title>"), "a page of HTML", "fetch the file itself"],
  [utf8("<!-- proxy -->\r\n<HTML lang=en>"), "a page of HTML", "fetch the file itself"],
  [utf8('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), "XML", "fetch the file itself"],
  [
    utf8('{"metadata": {"total_size": 5}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}'),
    "the index of a model in several files",
    "join them",
  ],
  [utf8('{"format":"layers-model","modelTopology":{}}'), "a model of TensorFlow.js", "importModel()"],
  [
    latin1("\x80\x04}\x8c\x1bStructuredToParameterName@@}s."),
    "weights of Paddle (.pdparams)",
    "importModel()",
  ],
  [
    utf8('{"type":"LSTMTimeStep","options":{"inputSize":1},"input":{"rows":1}}'),
    "a network of brain.js",
    "LSTM has no cell state: train one of refrain",
  ],
  [latin1("NRUB\x01\0"), "a burnpack of burn (.bpk)", "SafetensorsStore"],
  [latin1("\x82\xa8metadata\x80"), "a record of burn (.mpk)", "importModel()"],
  [utf8('{"kind":"character","tokens":["a"]}'), "JSON, perhaps a vocabulary", "name the model's weights"],
  [latin1(`PK\x03\x04${"\0".repeat(40)}`), "a zip archive that is cut off", "save or fetch it again"],
  [utf8("[1, 2]"), "JSON", "name a safetensors file"],
  [utf8("床前明月光，疑是地上霜。"), "a text", "name a safetensors file"],
  [utf8("short"), "a text", "name a safetensors file"],
  [
    Uint8Array.of(0xff, 0xfe, 0x3c, 0, 0x68, 0, 0x74, 0, 0x6d, 0, 0x6c, 0, 0x3e, 0),
    "a page of HTML",
    "fetch",
  ],
  [utf8('model_checkpoint_path: "model-5"\n'), "the list of a TensorFlow checkpoint", "PyTorch's names"],
  [
    latin1("\0".repeat(40) + "\x57\xfb\x80\x8b\x24\x75\x47\xdb"),
    "the index of a TensorFlow checkpoint",
    "names",
  ],
  [latin1("\x08\x01" + field(2, field(1, "tags"))), "a SavedModel of TensorFlow", "under PyTorch's names"],
  [
    latin1(
      field(1, field(1, "lstm/kernel") + field(2, "Const")) + field(1, field(1, "x") + field(2, "Relu")),
    ),
    "a graph of TensorFlow",
    "under PyTorch's names",
  ],
  [latin1("\x1c\0\0\0TFL3\x14\0\x20\0"), "a model of TensorFlow Lite", "under PyTorch's names"],
  [latin1("%PDF-1.7\n%\xe2\xe3"), "a PDF document", "name a model file"],
  [
    Uint8Array.from(Array(16).keys(), (i) => 253 - i),
    "no safetensors file, and of no kind that is known",
    "it begins with the bytes fd fc fb fa f9 f8 f7 f6",
  ],
];

async function assertNamed(bytes: Uint8Array, what: string, advice: string, name: string): Promise<void> {
  const { message } = await assertRejects(() => decodeModel(bytes, UNTOUCHED), SyntaxError, undefined, name);
  assert(message.startsWith(`Cannot read the model as its file is ${what}`), `${name}: ${message}`);
  assert(message.includes(advice) && !message.endsWith("."), `${name}: ${message}`);
}

Deno.test("a file that another program wrote is named for what it is, with what to do", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) names.push(name);
  assertEquals(names.sort(), Object.keys(WRITTEN).sort());
  for (const [name, [what, advice]] of Object.entries(WRITTEN)) {
    const bytes = await Deno.readFile(new URL(name, FOLDER));
    await assertNamed(bytes, `${what}:`, advice, name);
  }
});

Deno.test("a text, an archive, a pointer or a page is named for what it is, with what to do", async () => {
  for (const [bytes, what, advice] of MADE) await assertNamed(bytes, what, advice, what);
});

Deno.test("an archive that is cut off is named by its first member, and nothing breaks on one that is damaged", async () => {
  const bytes = await Deno.readFile(new URL("state_dict.pth", FOLDER));
  await assertNamed(bytes.subarray(0, 200), "a zip of PyTorch's torch.save()", "importModel()", "cut off");
  const random = new Random(5);
  for (const name of Object.keys(WRITTEN)) {
    const bytes = await Deno.readFile(new URL(name, FOLDER));
    for (let i = 0; i < 200; i++) {
      const mutant = bytes.slice(0, 1 + random.integer(bytes.length));
      for (let flips = 0; flips < 8; flips++) mutant[random.integer(mutant.length)] = random.integer(256);
      await assertRejects(() => decodeModel(mutant, UNTOUCHED), SyntaxError, "Cannot read ");
    }
  }
});

Deno.test("a safetensors file that is damaged is told as such", async () => {
  const bytes = encodeSafetensors(gru());
  assertEquals(foreignKind(bytes), undefined);
  for (const damaged of [bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 99)]) {
    await assertRejects(
      () => decodeModel(damaged, UNTOUCHED),
      SyntaxError,
      "Cannot read safetensors data as it is cut off",
    );
  }
});

Deno.test("what is no bytes at all is refused by its type", async () => {
  for (
    const [value, type] of [[encodeSafetensors(gru()).buffer, "ArrayBuffer"], ["text", "string"], [
      undefined,
      "undefined",
    ]] as const
  ) {
    const error = await assertRejects(
      () => decodeModel(value as unknown as Uint8Array, UNTOUCHED),
      TypeError,
    );
    assertEquals(
      error.message,
      `Cannot read the model as its bytes must be a Uint8Array: current type is ${type}`,
    );
  }
});

Deno.test("a folder is told as such, by load() and on the command line", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${cwd}/saved`);
    const error = await assertRejects(() => load(`${cwd}/saved`, UNTOUCHED), RangeError);
    assertEquals(error.message, `Cannot read "${cwd}/saved": it is a folder, so name the file in it`);
    const said = async (): Promise<string> => (await refrain(["info", "--model", "saved"], { cwd })).stderr;
    const none = 'error: Cannot find a model in folder "saved" as it has no model.safetensors';
    assertEquals(await said(), `${none}: name a run's folder or a model file\n`);
    await Deno.writeTextFile(`${cwd}/saved/weights.safetensors`, "");
    assertEquals(await said(), `${none}: name saved/weights.safetensors\n`);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
