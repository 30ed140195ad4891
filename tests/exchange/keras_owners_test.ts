/** Arrays of models within models, which `.h5` has in one list, by the paths that Keras 3 and 2 give them. @module */
import { assertEquals, assertThrows } from "@std/assert";
import type { KerasLayer } from "../../src/exchange/import_model/keras/chain.ts";
import { forwardFirst, sharedOut } from "../../src/exchange/import_model/keras/owners.ts";

/** A layer by its models and its name. */
function layerAt(path: string): KerasLayer {
  const models = path.split("/");
  const name = models.pop()!;
  return { className: "LSTM", name, config: {}, models, place: "" };
}

/** The layers of arrays, by their paths. */
function ownersOf(layers: readonly string[], paths: readonly string[]): string[] {
  const owned = sharedOut(paths, layers.map(layerAt));
  const owners = [...owned].flatMap(([{ models, name }, own]) =>
    own.map((path) => [path, [...models, name].join("/")])
  );
  const found = Object.fromEntries(owners);
  return paths.map((path) => found[path]);
}

Deno.test("arrays are of the layer that their path names, with its models, some of them or none", () => {
  for (
    const [layers, owners] of [
      [["m/a/x", "m/b/x"], { "top/m/a/x/cell/kernel": "m/a/x", "top/m/b/x/cell/kernel": "m/b/x" }],
      [["m/a/x", "m/b/x"], { "a/x/cell/kernel": "m/a/x", "b/x/cell/kernel": "m/b/x" }],
      [["x/x", "x/dense"], { "top/x/x/cell/kernel": "x/x", "top/x/dense/kernel": "x/dense" }],
      [["q/x", "q/cell"], { "top/q/x/cell/kernel": "q/x", "top/q/cell/kernel": "q/cell" }],
      [["q/y/z", "q/z/y"], { "top/q/y/z/kernel": "q/y/z", "top/q/z/y/cell/kernel": "q/z/y" }],
      [["m/a/x", "m/a/y"], { "x/cell/kernel:0": "m/a/x", "y/kernel:0": "m/a/y" }],
      [["m/a/x", "m/x"], { "top/m/a/x/cell/kernel": "m/a/x", "top/m/x/cell/kernel": "m/x" }],
      [["m/both"], { "both/forward_x/cell/kernel": "m/both", "other/m/both/backward_x/kernel": "m/both" }],
    ] as [string[], Record<string, string>][]
  ) {
    assertEquals(ownersOf(layers, Object.keys(owners)), Object.values(owners));
  }
});

Deno.test("a path of no layer, or of several, is refused", () => {
  const sentence = "does not tell of which layer";
  assertThrows(() => ownersOf(["m/a/x", "m/b/x"], ["x/cell/kernel"]), TypeError, sentence);
  assertThrows(() => ownersOf(["m/x"], ["m/y/kernel"]), TypeError, sentence);
  assertThrows(() => ownersOf(["m/x"], ["x"]), TypeError, sentence);
});

Deno.test("paths in another order than the layers are refused; what is frozen comes last", () => {
  const [a, b] = [layerAt("m/a/x"), layerAt("m/b/x")];
  const frozen = { ...a, config: { trainable: false } };
  const [ofA, ofB] = ["a/x/cell/kernel", "b/x/cell/kernel"];
  const sentence = "does not tell of which layer";
  assertThrows(() => sharedOut([ofB, ofA], [a, b]), TypeError, sentence);
  assertThrows(() => sharedOut([ofA, ofB], [frozen, b]), TypeError, sentence);
  assertEquals([...sharedOut([ofB, ofA], [frozen, b]).keys()], [b, frozen]);
});

Deno.test("arrays of a frozen direction, which Keras has last, come first where it is the one forwards", () => {
  const both = { ...layerAt("backward_both"), className: "Bidirectional" };
  const [forward, backward] = ["forward", "backward"].map((way) => `top/backward_both/${way}_x/cell/kernel`);
  assertEquals(forwardFirst([backward!, forward!], both), [forward!, backward!]);
  assertEquals(forwardFirst([forward!, backward!], both), [forward!, backward!]);
  assertEquals(forwardFirst([backward!, forward!], layerAt("x")), [backward!, forward!]);
});
