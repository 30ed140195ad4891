/** Cells: PyTorch's numbers, the naive recurrence, and the layers' own passes. @module */
import { assertEquals } from "@std/assert";
import { type CellOptions, oneHot, type State, type StateDict, Tape, Tensor } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { stateOf, tensorsOf } from "../../src/layers/recurrent/arguments.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { compareCell, makeCell } from "../../src/verify/cells.ts";
import { cellCases, dictOf, type Golden } from "../../src/verify/golden.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose, assertWithin } from "../../src/verify/cases/assert_close.ts";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";
import { usedBytes } from "../support/used_bytes.ts";

for (const given of await cellCases()) {
  testEach(`PyTorch's two steps and their gradients: ${given.name}`, async (device) => {
    for await (const [, difference] of compareCell(device, given)) assertWithin(difference);
  });

  testEach(`a step without a tape gives the same: ${given.name}`, async (device) => {
    using cell = makeCell(device, given.kind, { ...given.options, seed: 0 });
    cell.loadStateDict(dictOf(given.weights));
    const tensor = ({ shape, data }: Golden): Tensor => Tensor.from(device, data, shape);
    const x = tensor(given.inputs[0]!);
    const state = given.state && stateOf(given.state.map(tensor));
    using tape = new Tape(device);
    const taped = tensorsOf(cell.forward(x, state ?? undefined, tape));
    for (const [which, untaped] of tensorsOf(cell.forward(x, state ?? undefined)).entries()) {
      assertEquals(await untaped.data(), await taped[which]!.data());
    }
  });
}

/** The weights of a cell as a layer has them. */
function asLayer(dict: StateDict): StateDict {
  return Object.fromEntries(Object.entries(dict).map(([name, tensor]) => [`${name}_l0`, tensor]));
}

const ODD: (Partial<CellOptions> & { kind: Kind; batch: number; steps: number; ids?: boolean })[] = [
  ...KINDS.flatMap((kind) => [
    { kind, inputSize: 1, hiddenSize: 1, batch: 1, steps: 3 },
    { kind, inputSize: 2, hiddenSize: 65, batch: 5, steps: 2, bias: false },
    { kind, inputSize: 67, hiddenSize: 3, batch: 2, steps: 7 },
    { kind, inputSize: 13, hiddenSize: 5, batch: 7, steps: 3, ids: true },
    { kind, inputSize: 7, hiddenSize: 11, batch: 2, steps: 3, layerNorm: true },
  ]),
  { kind: "rnn", nonlinearity: "relu", inputSize: 5, hiddenSize: 17, batch: 3, steps: 4, bias: false },
];

for (const { kind, batch, steps, ids, ...options } of ODD) {
  const words = Object.entries({ batch, steps, ids, ...options }).filter(([, value]) => value !== undefined)
    .map((entry) => entry.join(" "));
  testEach(`a cell's steps are the naive recurrence: ${kind}, ${words.join(", ")}`, async (device) => {
    const sizes = { inputSize: 1, hiddenSize: 1, ...options, seed: 3 };
    const { inputSize: I, hiddenSize: H } = sizes;
    using cell = makeCell(device, kind, sizes);
    const given = Array.from({ length: steps }, (_, t) => {
      const values = Uint32Array.from({ length: batch }, (_, b) => (t * 5 + b * 3) % I);
      return ids
        ? Tensor.from(device, values, [batch])
        : Tensor.from(device, uniformArray(batch * I, 10 + t), [batch, I]);
    });
    const rows = given.map((x) => x.dtype === "u32" ? oneHot(x as Tensor<"u32">, I) : x as Tensor);
    const x = await Promise.all(rows.map((row) => row.data()));
    const initial = (kind === "lstm" ? [0, 1] : [0]).map((which) =>
      Tensor.from(device, uniformArray(batch * H, 30 + which), [batch, H])
    );
    for (const state of [undefined, initial]) {
      const outputs: number[] = [];
      let current = state && stateOf(state);
      for (const input of given) {
        current = cell.forward(input as Tensor, current);
        outputs.push(...await tensorsOf(current)[0]!.data());
      }
      const settings = {
        numLayers: 1,
        bidirectional: false,
        projSize: 0,
        resetAfter: true,
        gateActivation: "sigmoid" as const,
        layerNorm: false,
        bias: true,
        batchFirst: false,
        dropout: 0,
        nonlinearity: "tanh" as const,
        ...sizes,
      };
      const expected = naiveRecurrence(kind, settings, {
        dict: asLayer(await cell.stateDict()),
        x: x.flatMap((row) => [...row]),
        steps,
        batch,
        ...(state ? { state: await Promise.all(state.map((tensor) => tensor.data())) } : {}),
      });
      assertClose(outputs, expected.output, { shape: [steps, batch, H], tolerance: NAIVE, what: "outputs" });
      for (const [which, tensor] of tensorsOf(current!).entries()) {
        const close = { shape: [batch, H], tolerance: NAIVE, what: `state ${which}` };
        assertClose(await tensor.data(), expected.state[which]!, close);
      }
    }
  });
}

testEach("a cell's gradients through five steps are those of the layer's one pass", async (device) => {
  const T = 5;
  const B = 3;
  const I = 7;
  const H = 11;
  for (const [kind, layerNorm] of KINDS.flatMap((kind) => [[kind, false], [kind, true]] as const)) {
    using cell = makeCell(device, kind, { inputSize: I, hiddenSize: H, layerNorm, seed: 4 });
    using layer = makeLayer(device, kind, { inputSize: I, hiddenSize: H, layerNorm, seed: 5 });
    layer.loadStateDict(asLayer(await cell.stateDict()));
    const values = uniformArray(T * B * I, 6);
    const dy = uniformArray(T * B * H, 7);
    const x = Tensor.from(device, values, [T, B, I]);
    const rows = Array.from(
      { length: T },
      (_, t) => Tensor.from(device, values.slice(t * B * I, (t + 1) * B * I), [B, I]),
    );
    using tape = new Tape(device);
    const [y] = layer.forward(x, undefined, tape);
    let state: State | undefined;
    const outputs = rows.map((row) => {
      state = cell.forward(row, state, tape);
      return tensorsOf(state)[0]!;
    });
    const upstream = outputs.map((_, t) => Tensor.from(device, dy.slice(t * B * H, (t + 1) * B * H), [B, H]));
    tape.backward([y, ...outputs], [Tensor.from(device, dy, [T, B, H]), ...upstream]);
    const expected = await layer.gradients();
    for (const [name, { shape, data }] of Object.entries(await cell.gradients())) {
      assertClose(data, expected[`${name}_l0`]!.data, { shape, tolerance: NAIVE, what: `${kind}: ${name}` });
    }
    const dx = await Promise.all(rows.map((row) => tape.gradient(row)));
    const close = { shape: [T, B, I], tolerance: NAIVE, what: `${kind}: dx` };
    assertClose(dx.flatMap((row) => [...row]), await tape.gradient(x), close);
  }
});

testEach("a cell has PyTorch's names and shapes, and its layer's first weights", async (device) => {
  const I = 7;
  const H = 11;
  for (const kind of KINDS) {
    const gates = { rnn: 1, gru: 3, lstm: 4 }[kind];
    for (const bias of [true, false]) {
      using cell = makeCell(device, kind, { inputSize: I, hiddenSize: H, bias, seed: 1 });
      using layer = makeLayer(device, kind, { inputSize: I, hiddenSize: H, bias, seed: 1 });
      const dict = await cell.stateDict();
      assertEquals(asLayer(dict), { ...await layer.stateDict() });
      assertEquals(Object.entries(dict).map(([name, { shape }]) => [name, shape]), [
        ["weight_ih", [gates * H, I]],
        ["weight_hh", [gates * H, H]],
        ...(bias ? [["bias_ih", [gates * H]], ["bias_hh", [gates * H]]] : []),
      ]);
      using normed = makeCell(device, kind, { inputSize: I, hiddenSize: H, bias, layerNorm: true, seed: 1 });
      const norms = { rnn: 2, gru: 6, lstm: 9 }[kind] * H;
      const weights = await normed.stateDict();
      assertEquals(Object.keys(weights).slice(2), ["norm_weight", ...(bias ? ["norm_bias"] : [])]);
      assertEquals(weights["norm_weight"]!.data, new Float32Array(norms).fill(1));
      if (bias) assertEquals(weights["norm_bias"]!.data, new Float32Array(norms));
    }
  }
});

testEach("a cell takes no memory but its state", async (device) => {
  for (const kind of KINDS) {
    const before = usedBytes(device);
    {
      using cell = makeCell(device, kind, { inputSize: 5, hiddenSize: 4, seed: 1 });
      using x = Tensor.from(device, uniformArray(10, 1), [2, 5]);
      let state = cell.forward(x);
      let used: number | undefined;
      for (let step = 0; step < 5; step++) {
        const next = cell.forward(x, state);
        for (const tensor of tensorsOf(state)) tensor[Symbol.dispose]();
        state = next;
        await tensorsOf(state)[0]!.data();
        used ??= usedBytes(device);
        assertEquals(usedBytes(device), used, `${kind}: step ${step}`);
      }
      for (const tensor of tensorsOf(state)) tensor[Symbol.dispose]();
    }
    assertEquals(usedBytes(device), before, kind);
  }
});
