/** State dicts under the names that users of PyTorch give them: read, said what was supposed, and the same logits. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { load, Tensor } from "../../mod.ts";
import { decodeModel } from "../../src/exchange/model_file.ts";
import { inferModel } from "../../src/exchange/pytorch.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import golden from "../golden/forms/forms.json" with { type: "json" };
import { gru, H, UNTOUCHED, V, VOCABULARY, zeros } from "../support/state_dicts.ts";
import { testEach } from "../support/test_each.ts";

interface Form {
  kind: string;
  numLayers: number;
  supposed: object;
  leftAside: string[];
  tieWeights: boolean;
  logits: number[];
}

/** The largest difference of a logit. */
const TOLERANCE = 1e-5;

for (const [name, form] of Object.entries<Form>(golden.forms)) {
  testEach(`PyTorch's logits from a file of another form: ${name}`, async (device) => {
    const path = decodeURIComponent(new URL(`../golden/forms/${name}.safetensors`, import.meta.url).pathname);
    const { model, supposed, leftAside } = await load(path, device, { vocabulary: VOCABULARY });
    using loaded = model;
    assertEquals(
      {
        kind: loaded.rnn.kind,
        numLayers: loaded.rnn.options.numLayers,
        supposed,
        leftAside: leftAside.toSorted(),
      },
      { kind: form.kind, numLayers: form.numLayers, supposed: form.supposed, leftAside: form.leftAside },
    );
    const ids = Tensor.from(device, new Uint32Array(golden.ids.flat()), [3, 5]);
    const logits = await loaded.forward(ids)[0].data();
    assertEquals(loaded.options.tieWeights, form.tieWeights);
    assertEquals(logits.length, form.logits.length);
    const difference = Math.max(...form.logits.map((value, i) => Math.abs(value - logits[i]!)));
    assert(difference <= TOLERANCE, `the logits differ by ${difference}`);
  });
}

Deno.test("the golden file has every form", () => {
  assertEquals(Object.keys(golden.forms).length, 23);
  assert(golden.torch.startsWith("2.15"), golden.torch);
});

/** A bare GRU whose recurrent part has another name. */
const moved = (prefix: string, parts: Parameters<typeof gru>[0] = {}) =>
  Object.fromEntries(
    Object.entries(gru(parts)).map(([name, tensor]) => [name.replace("rnn.", prefix), tensor]),
  );

Deno.test("what no language model of refrain has is refused by its kind, with what to do", async () => {
  const second = (prefix: string, hidden: number, gates = 3) => ({
    [`${prefix}weight_ih_l0`]: zeros(gates * hidden, H),
    [`${prefix}weight_hh_l0`]: zeros(gates * hidden, hidden),
  });
  const without = { "rnn.weight_hh_l0": undefined };
  const cases: [parts: Parameters<typeof gru>[0], ...messages: string[]][] = [
    [
      { "norm.weight": zeros(H), "norm.bias": zeros(H) },
      '"norm.weight" is of a normalization layer',
      "train the model without",
    ],
    [{ "bn.running_mean": zeros(H) }, '"bn.running_mean" is of a normalization layer'],
    [
      { "fc2.weight": zeros(V, H), "fc2.bias": zeros(V) },
      'must have one linear layer: found "dense.", "fc2."',
      "w2 @ w1",
    ],
    [
      {
        "dense.weight": undefined,
        "dense.bias": undefined,
        "a.weight": zeros(7, H),
        "b.weight": zeros(V, 7),
      },
      'must have one linear layer: found "a.", "b."',
    ],
    [
      {
        "rnn.weight_ih_l0": zeros(3 * H, H),
        "dense.weight": undefined,
        "dense.bias": undefined,
        "a.weight": { shape: [V, H], data: new Float32Array(V * H).fill(1) },
        "b.weight": zeros(V, H),
      },
      'nothing tells its linear layer from its embedding: found "a.", "b."',
      'name them "embedding." and "linear."',
    ],
    [{ "training.optimizer.m.0": zeros(V), "training.loss": zeros(3) }, "is of a checkpoint of training"],
    [{ "rnn.weight_ih_l0_reverse": zeros(3 * H, V) }, "bidirectional layer", "bidirectional=False"],
    [
      { ...without, "rnn.parametrizations.weight_hh_l0.original0": zeros(3 * H, 1) },
      "is of a weight that is computed from others",
      "remove_parametrizations()",
    ],
    [
      { ...without, "rnn.weight_hh_l0_g": zeros(3 * H, 1), "rnn.weight_hh_l0_v": zeros(3 * H, H) },
      "remove_weight_norm()",
    ],
    [{ "attention.in_proj_weight": zeros(3 * H, H) }, "is of an attention layer"],
    [
      { "rnn.norm_weight_l0": zeros(6 * H) },
      "is of refrain's normalized cells (layerNorm)",
      "read the file that refrain wrote, by its metadata",
    ],
    [{ "optimizer.exp_avg.0": zeros(3) }, "is of an optimizer", "model.state_dict()"],
    [{ "rnn.weight_hh_l0": zeros(2 * H, H) }, '"rnn.weight_hh_l0" must have 1, 3 or 4 rows a column'],
    [{ "conv.weight": zeros(H, H, 3) }, '"conv.weight" must be a matrix: current shape is (11, 11, 3)'],
    [{ "init_state": zeros(1, H) }, 'unexpected keys "init_state"', "weights alone are saved"],
    [{ ...second("decoder.", H) }, "a stack that numbers tell", 'found "decoder.", "rnn."'],
  ];
  for (const [parts, ...messages] of cases) {
    const bytes = encodeSafetensors(gru(parts));
    for (const message of messages) {
      await assertRejects(
        () => decodeModel(bytes, UNTOUCHED, { vocabulary: VOCABULARY }),
        TypeError,
        message,
      );
    }
  }
  const stacks: [parts: Parameters<typeof gru>[0], message: string][] = [
    [second("rnn1.", 7), 'of one kind and size: "rnn0." is GRU of 11, "rnn1." is GRU of 7'],
    [second("rnn1.", H, 4), '"rnn1." is LSTM of 11'],
    [second("rnn00.", H), "a stack that numbers tell"],
    [second("rnn1.x.", H), "a stack that numbers tell"],
    [{ ...second("rnn1.", H), "rnn1.bias_ih_l0": zeros(3 * H) }, 'missing keys "rnn.bias_hh_l1"'],
    [{ ...second("rnn1.", H), "rnn1.weight_ih_l1": zeros(3 * H, H) }, 'missing keys "rnn1.weight_hh_l1"'],
    [{ "rnn0.weight_hh": zeros(3 * H, H) }, '"rnn0.weight_hh_l0" twice'],
    [{ "module.rnn0.weight_hh_l0": zeros(3 * H, H) }, "are one name without their wrappers"],
  ];
  for (const [parts, message] of stacks) {
    const bytes = encodeSafetensors({ ...moved("rnn0."), ...parts } as ReturnType<typeof gru>);
    await assertRejects(() => decodeModel(bytes, UNTOUCHED, { vocabulary: VOCABULARY }), TypeError, message);
  }
});

Deno.test("a linear layer without bias is told by its name, and where it is tied needs none", () => {
  const cases: [embedding: string, linear: string, tied: boolean][] = [
    ["wte", "lm_head", false],
    ["lookup", "out", false],
    ["word_vectors", "fc", false],
    ["encoder", "decoder", false],
    ["embed", "proj", false],
    ["a", "c", true],
    ["input_embedding", "output_embedding", true],
  ];
  for (const [embedding, linear, tied] of cases) {
    const table = { shape: [V, H], data: new Float32Array(V * H).fill(0.25) };
    const bytes = encodeSafetensors({
      "rnn.weight_ih_l0": zeros(3 * H, H),
      "rnn.weight_hh_l0": zeros(3 * H, H),
      [`${embedding}.weight`]: table,
      [`${linear}.weight`]: tied ? table : zeros(V, H),
    });
    const { tensors, config, leftAside } = inferModel(decodeSafetensors(bytes), {
      nonlinearity: undefined,
      marked: { resetAfter: true, gateActivation: "sigmoid" },
    });
    assertEquals(tensors["embedding.weight"]!.data, table.data, embedding);
    assertEquals([config.model.tieWeights, leftAside], [tied, []]);
  }
});

Deno.test("an activation is what the file tells, or what is given", async () => {
  const lstm = new URL("../golden/forms/lstm_cells.safetensors", import.meta.url);
  const error = await assertRejects(
    () => decodeModel(Deno.readFileSync(lstm), UNTOUCHED, { vocabulary: VOCABULARY, nonlinearity: "relu" }),
    RangeError,
  );
  assertEquals(
    error.message,
    'Cannot load the model with nonlinearity "relu": it is of kind lstm, which has tanh alone',
  );
});
