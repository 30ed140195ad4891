/** Files of torch.save(): what is built of their pickles, and what never is. Answers: import_test.ts. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { readPickle } from "../../src/files/pickle.ts";
import { extentOf, readStrided } from "../../src/files/strided.ts";
import { refrain } from "../cli/spawn.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { unpacked } from "../frameworks/golden.ts";
import { faultOf } from "../fuzz/door.ts";
import {
  bytesOf,
  dictionary,
  integer,
  type Operations,
  pickle,
  tensor,
  text,
  torchFile,
  word,
} from "./pickles.ts";

const PLAIN = { globals: new Map(), refuse: (name: string) => new TypeError(`Cannot read ${name}`) };

/** An LSTM of 3 units over 5 tokens, one-hot. */
const WEIGHTS = { weight_ih_l0: [12, 5], weight_hh_l0: [12, 3], bias_ih_l0: [12], bias_hh_l0: [12] };
const SHAPES: Readonly<Record<string, number[]>> = { ...WEIGHTS, "fc.weight": [5, 3], "fc.bias": [5] };

/** The file of a model whose tensors are views of one storage, some of them others. */
async function model(
  others: Readonly<Record<string, Operations>> = {},
  { length = 200, shape = {} }: { length?: number; shape?: Readonly<Record<string, number[]>> } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const views = Object.entries({ ...SHAPES, ...shape });
  const members = views.map(([name, shape]) => [name, tensor({ length, shape })] as const);
  return await torchFile(dictionary({ ...Object.fromEntries(members), ...others }), { 0: 4 * length });
}

Deno.test("plain values of every protocol are read", () => {
  const nested = dictionary({
    a: integer([1, -2]),
    b: ["G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
    c: [0x8a, 2, 0, 0xff],
  });
  assertEquals(
    readPickle(pickle(nested), PLAIN),
    new Map<string, unknown>([["a", [1, -2]], ["b", 1.5], ["c", -256]]),
  );
  const list: Operations = ["]q", 0, "(K", 7, "N", 0x88, 0x8c, 2, "é", "C", 2, 1, 2, "e"];
  assertEquals(readPickle(pickle(list, 5), PLAIN), [7, null, true, "é", Uint8Array.of(1, 2)]);
  assertEquals(readPickle(pickle([0x95, word(9), word(0), 0x8a, 9, word(0), word(0), 1]), PLAIN), 2n ** 64n);
});

Deno.test("a list that holds itself is a list that holds itself", () => {
  const list = readPickle(pickle(["]q", 0, "h", 0, "a"]), PLAIN) as unknown[];
  assert(list[0] === list);
});

Deno.test("what is no pickle of plain values is refused in a sentence", () => {
  for (
    const [operations, sentence] of [
      [["K"], "it is cut off"],
      [["X", word(0xffffffff), "a"], "it is cut off at byte 9"],
      [[0x8d, word(0), word(0x7fffffff)], "it is cut off"],
      [[0x8b, word(5000), "a".repeat(5000)], "a whole number of 5000 bytes"],
      [["0"], "takes more than there is"],
      [["K", 1, "(0"], "takes more than there is"],
      [["t"], "has no mark"],
      [["h", 9], "nothing has the number 9"],
      [["K", 1, "K", 1, "a"], "needs a list"],
      [["](K", 1, "u"], "needs a dictionary"],
      [["}(K", 1, "u"], "needs a dictionary"],
      [["K", 1, ")R"], "calls what cannot be called"],
      [["]Nb"], "gives a state to what has none"],
      [["K", 1, "Q"], "names what lies beside it"],
      [["i"], "byte 2 is no operation of plain values, but 105"],
      [["cos"], "a line has no end"],
      [["K", 1, "K", 1, 0x93], "a name in it is no text"],
      [["K", 1, "0".repeat(1)], "takes more than there is"],
    ] as [Operations, string][]
  ) {
    const { message } = assertThrows(() => readPickle(pickle(operations), PLAIN), SyntaxError);
    assert(message.startsWith("Cannot read the pickle as ") && message.includes(sentence), message);
  }
  assertThrows(() => readPickle(pickle(["N"], 1), PLAIN), SyntaxError, "protocol must be 2 to 5: it is 1");
  assertThrows(() => readPickle(Uint8Array.of(0x7b), PLAIN), SyntaxError, "does not begin with its protocol");
  const endless = pickle(["]".repeat(300_000)]);
  assertThrows(() => readPickle(endless, PLAIN), SyntaxError, "more than 200000 operations");
});

Deno.test("a name that is not known is refused before anything is called", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  for (
    const [operations, name] of [
      [["cbuiltins\nprint\n(", text("called"), "tR"], "builtins.print"],
      [[text("os"), text("getcwd"), 0x93, ")R"], "os.getcwd"],
      [["c__main__\nModel\n)", 0x81], "__main__.Model"],
      [["cconstructor\nconstructor\n"], "constructor.constructor"],
      [dictionary({ a: ["ctorch\nload\n"] }), "torch.load"],
    ] as [Operations, string][]
  ) {
    const files = { "a.pt": await torchFile(operations) };
    const { message } = await assertRejects(() => importModel(files, device), TypeError);
    assertEquals(
      message,
      `Cannot import the model as its pickle names "${name}", which is code and is not called: ` +
        "save what model.state_dict() gives alone",
    );
  }
});

Deno.test("tensors may overlap, lie by any strides, and stand in a checkpoint", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const files = {
    "a.pt": await model({ epoch: integer(3), steps: tensor({ type: "LongStorage", shape: [1] }) }),
  };
  const vocabulary = Vocabulary.fromText("abcde");
  const { model: made, framework, notes } = await importModel(files, device, { vocabulary });
  assertEquals([framework, made instanceof RNNModel], ["pytorch", true]);
  assertEquals(notes, [
    'left aside, as the model needs them not: "steps"',
    "its inputs are taken for one-hot rows of ids",
  ]);
});

Deno.test("a file of torch.save() that is damaged or no state dict is refused in a sentence", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const rnn = await unpacked("pytorch_rnn_language.pt");
  const weight = (view: object): Promise<Uint8Array> =>
    model({ weight_ih_l0: tensor({ length: 200, shape: [12, 5], ...view }) });
  for (
    const [file, sentence] of [
      [rnn, "Cannot import the model without nonlinearity"],
      [weight({ offset: 141 }), 'beyond its storage "0", which has 200 numbers'],
      [weight({ strides: [2 ** 30, 1] }), 'beyond its storage "0"'],
      [weight({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] }), "longer together than the file"],
      [weight({ strides: [1] }), "beyond its storage"],
      [weight({ storage: "9" }), 'its storage "9" is missing'],
      [weight({ length: 100 }), 'its storage "0" must have 100 numbers of F32'],
      [weight({ type: "DoubleStorage" }), 'its storage "0" must have 200 numbers of F64'],
      [weight({ type: "ComplexFloatStorage" }), '"torch.ComplexFloatStorage", which is code'],
      [model({ "norm.running_mean": tensor({ length: 200, shape: [3] }) }), "normalization layer"],
      [model({ weight_hr_l0: tensor({ length: 200, shape: [1, 3] }) }), "Cannot import the model"],
      [model({ "norm.weight": tensor({ length: 200, shape: [3] }) }), "Cannot import the model as "],
      [
        model({ extra: tensor({ length: 200, shape: [3] }) }),
        'Cannot import the model: unexpected keys "extra"',
      ],
      [
        model({ bias_ih_l0: tensor({ length: 200, shape: [11] }) }),
        'Cannot import the model as the shape of "rnn.bias_ih_l0" must be (12,)',
      ],
      [
        torchFile(dictionary({ epoch: integer(3), best: dictionary({}) })),
        'it has "epoch", "best"; save what',
      ],
      [torchFile(["]"]), "its pickle holds a list"],
      [torchFile(tensor({ shape: [2] }), { 0: 8 }), "its pickle holds one tensor"],
      [torchFile(["}"]), "it has nothing by name"],
      [torchFile([text("x"), "Q"]), "a storage of its tensors has no type"],
      [torchFile(["ctorch._utils\n_rebuild_tensor_v2\n)R"]), "a tensor of it has no storage"],
      [
        torchFile(dictionary({ a: tensor({ shape: [1] }) }), {}, { byteorder: "middle" }),
        'is "middle", neither',
      ],
    ] as [Uint8Array | Promise<Uint8Array>, string][]
  ) {
    const files = { "a.pt": await file };
    const error = await assertRejects(() => importModel(files, device), Error, undefined, sentence);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
    assert(!error.message.startsWith("Cannot load"), error.message);
    assertEquals(faultOf(error), undefined);
  }
});

Deno.test("numbers lie by strides, of any type and order of bytes", () => {
  const view = { offset: 1, shape: [2, 1, 2], strides: [3, 9, 2] }; // of 0 to 6: 1, 3, 4, 6
  const values = [0, 1, 2, 3, 4, 5, 6];
  const setters = {
    F16: [2, "setFloat16"],
    F32: [4, "setFloat32"],
    F64: [8, "setFloat64"],
    BF16: [2, ""],
  } as const;
  for (const littleEndian of [true, false]) {
    for (const [type, [size, set]] of Object.entries(setters)) {
      const bytes = new Uint8Array(size * values.length);
      const data = new DataView(bytes.buffer);
      values.forEach((value, i) => {
        if (set !== "") return data[set](size * i, value, littleEndian);
        const single = new DataView(new ArrayBuffer(4));
        single.setFloat32(0, value);
        data.setUint16(2 * i, single.getUint16(0), littleEndian);
      });
      const numbers = { bytes, type: type as keyof typeof setters, littleEndian };
      assertEquals(readStrided(numbers, view), Float32Array.of(1, 3, 4, 6), type);
      assertEquals(readStrided(numbers, { offset: 2, shape: [], strides: [] }), Float32Array.of(2));
      assertEquals(readStrided(numbers, { offset: 2, shape: [2, 0], strides: [1, 1] }).length, 0);
    }
  }
  assertEquals([extentOf(view), extentOf({ ...view, shape: [0, 2 ** 50] })], [7, 0]);
});

Deno.test("a run is made of a file of torch.save(), and goes on with a text", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await Deno.writeFile(`${cwd}/model.pt`, await unpacked("pytorch_lstm_language.pt"));
  await Deno.writeTextFile(`${cwd}/tokens.json`, JSON.stringify([..."abcdefgh"]));
  const made = await refrain(["import", "model.pt", "--vocabulary", "tokens.json", "--out", "run"], { cwd });
  assertEquals([made.code, made.stderr], [0, ""]);
  const { code, stdout } = await refrain(["generate", "run", "--prefix", "ab", "--length", "5"], { cwd });
  assertEquals([code, /^ab[a-h]{5}$/.test(stdout.trim())], [0, true]);
});

Deno.test("operations as tests write them are bytes", () => {
  assertEquals(bytesOf(["K", 1, ["é"]]), [0x4b, 1, 0xc3, 0xa9]);
});
