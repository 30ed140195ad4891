/** ONNX: numbers of other types than float32. @module */
import { assert, assertEquals } from "@std/assert";
import type { OnnxTensor } from "../../src/exchange/import_model/onnx/tensor.ts";
import { BEFORE, CELL, floats, integers, type Node, read, REST, TURN } from "./onnx_graphs.ts";

Deno.test("numbers of 16 and 64 bits become float32, which is said", () => {
  const values = [0.5, -2, 1 / 3, 1e-5];
  const bits: Record<string, Uint8Array> = {
    float16: new Uint8Array(Float16Array.from(values).buffer),
    float64: new Uint8Array(Float64Array.from(values).buffer),
    bfloat16: new Uint8Array(Uint16Array.of(0x3f00, 0xc000, 0x3eab, 0x3728).buffer),
  };
  const rounded: Record<string, number[]> = {
    float16: values.map(Math.f16round),
    float64: values.map(Math.fround),
    bfloat16: [0.5, -2, 0.333984375, 1.001358032e-5].map(Math.fround),
  };
  for (const [name, type] of [["float16", 10], ["float64", 11], ["bfloat16", 16]] as const) {
    const table: OnnxTensor = { ...floats("halves", 4, 1), type, raw: bits[name]! };
    const W = floats("narrow", 1, 12, 1);
    for (
      const first of [
        [["Gather halves,x -> e"]],
        [["Cast halves -> wide", { to: 1 }], ["Gather wide,x -> e"]],
        [["Gather halves,x -> g"], ["Cast g -> e", { to: 1 }]],
      ] satisfies Node[][]
    ) {
      const { layers, notes } = read([...first, TURN, ["LSTM s,narrow,R -> y,h,c"], ...REST], [table, W]);
      const [embedding] = layers;
      assert(embedding?.kind === "embedding");
      assertEquals([...embedding.arrays["weight"]!.data], rounded[name]!);
      assertEquals(notes, [`its numbers of ${name} are float32 here, as all that is computed`]);
    }
  }
  const { notes } = read([...BEFORE!, ["Cast y -> coarse", { to: 10 }], ["Cast coarse -> out", { to: 1 }]]);
  assertEquals(notes.at(-1), "its numbers of float16 are float32 here, as all that is computed");
});

Deno.test("one-hot rows are of numbers of any type, which a node casts", () => {
  const depth: OnnxTensor = { ...integers("depth", 4), shape: [] };
  const whole = integers("values", 0, 1);
  const halves: OnnxTensor = { ...floats("values", 2), type: 10, raw: Uint8Array.of(0, 0, 0, 0x3c) };
  for (const values of [whole, halves]) {
    const { layers } = read(
      [["OneHot x,depth,values -> o", { axis: -1 }], ["Cast o -> e", { to: 1 }], TURN, CELL, ...REST],
      [depth, values],
    );
    assertEquals(layers.map(({ kind }) => kind), ["one_hot", "recurrent", "dense"]);
  }
});
