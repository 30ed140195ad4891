/** What a model's file says before it is read, and what a list of runs makes of a model alone. @module */
import { assertEquals } from "@std/assert";
import { describeRun } from "../../src/files/list_runs.ts";
import { readStored } from "../../src/files/stored_model.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const BYTES: Readonly<Record<string, number>> = { I8: 1, F16: 2, F32: 4, I64: 8 };

/** A file of safetensors of so many zeros of a type by name. */
function fileOf(tensors: Readonly<Record<string, [dtype: string, length: number]>>): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, [dtype, length]]) => {
    const begin = end;
    end += BYTES[dtype]! * length;
    return [name, { dtype, shape: [length], data_offsets: [begin, end] }];
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(8 + json.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const FLOAT16 = fileOf({ "a": ["F16", 3], "b": ["F32", 2] });
const FLOAT32 = fileOf({ "a": ["F16", 2], "b": ["F32", 3], "c": ["I64", 9] });
const INT8 = fileOf({ "a": ["I8", 4], "a.scale": ["F32", 1], "b": ["F32", 9] });
const NO_SCALE = fileOf({ "a": ["I8", 4], "b": ["F32", 1] });
const DAMAGED = FLOAT32.slice(0, 20);

for (
  const [told, bytes, expected] of [
    ["float16, as most numbers are", FLOAT16, "float16"],
    ["float32, whatever counts there are", FLOAT32, "float32"],
    ["int8, where a matrix has scales", INT8, "int8"],
    ["float32, where none has", NO_SCALE, "float32"],
    ["nothing, of a damaged file", DAMAGED, undefined],
    ["nothing, of a file without a header", new Uint8Array(3), undefined],
  ] as const
) {
  Deno.test(`readStored() tells ${told}`, async () => {
    await using folder = await temporaryFolder();
    await Deno.writeFile(`${folder.path}/model`, bytes);
    assertEquals((await readStored(`${folder.path}/model`))?.weights, expected);
  });
}

for (
  const [told, files, expected] of [
    ["nothing where there is no run", { "notes.txt": INT8 }, undefined],
    ["int8 as quantized", { "model.safetensors": INT8 }, "quantized"],
    ["float16 as quantized", { "model.safetensors": FLOAT16 }, "quantized"],
    ["float32 as a model", { "model.safetensors": FLOAT32 }, "model"],
    ["half a model as damaged", { "model.safetensors": DAMAGED }, "damaged"],
    ["a folder in a model's place as damaged", { "model.safetensors": undefined }, "damaged"],
    ["settings that are no object as damaged", { "config.json": new TextEncoder().encode("[]") }, "damaged"],
    ["settings that are no JSON as damaged", { "config.json": new TextEncoder().encode("{") }, "damaged"],
  ] as const
) {
  Deno.test(`describeRun() takes ${told}`, async () => {
    await using folder = await temporaryFolder();
    for (const [name, bytes] of Object.entries(files)) {
      if (bytes) await Deno.writeFile(`${folder.path}/${name}`, bytes);
      else await Deno.mkdir(`${folder.path}/${name}`);
    }
    assertEquals((await describeRun(folder.path))?.state, expected);
  });
}
