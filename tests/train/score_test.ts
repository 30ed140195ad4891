/** score(): PyTorch's numbers for each token, sums, and what a long text takes. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Corpus, evaluate, score, type TokenScore } from "../../mod.ts";
import { CASES, corpusOf, modelOf, VOCABULARY } from "../support/evaluations.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

/** In nats, of one token. */
const TOLERANCE = 1e-5;

for (const given of CASES) {
  const { logProbabilities, ranks, entropies } = given.scores;
  testEach(`score() gives PyTorch's numbers for each token: ${given.cell}`, async (device) => {
    using model = modelOf(device, given);
    const text = corpusOf(given, logProbabilities.length + 1);
    const [first, ...others] = await Array.fromAsync(score(model, text));
    assertEquals(first, { position: 1, id: given.ids[0]!, token: VOCABULARY.tokens[given.ids[0]!]!, sum: 0 });
    let sum = 0;
    for (const [index, scored] of others.entries()) {
      const id = given.ids[index + 1]!;
      assertEquals([scored.position, scored.id, scored.token], [index + 2, id, VOCABULARY.tokens[id]!]);
      assertEquals(scored.rank, ranks[index], `rank at ${index}`);
      for (const [name, wanted] of [["logProbability", logProbabilities], ["entropy", entropies]] as const) {
        const found = scored[name]!;
        assert(
          Math.abs(found - wanted[index]!) < TOLERANCE,
          `${name} at ${index}: ${found}, not ${wanted[index]}`,
        );
      }
      sum += scored.logProbability!;
      assertEquals(scored.sum, sum);
    }
    assertEquals(others.length, ranks.length);
    assert(new Set(ranks).size > 3);
  });

  testEach(`the sum of scores is evaluate()'s loss times the tokens: ${given.cell}`, async (device) => {
    using model = modelOf(device, given);
    for (const size of [2, 256, 257, 258, given.ids.length]) {
      const text = corpusOf(given, size);
      const scores = await Array.fromAsync(score(model, text));
      const { loss, characters } = await evaluate(model, text);
      const sum = scores.at(-1)!.sum;
      assertEquals(scores.length, size);
      assert(Math.abs(sum / characters + loss) < 1e-6, `${size} tokens: ${sum / characters}, not ${-loss}`);
    }
  });
}

testEach("each part of a text is scored as a text of its own", async (device) => {
  const given = CASES[2]!;
  using model = modelOf(device, given);
  const [, ends] = corpusOf(given, 1237).split(0.7, { rows: 3 });
  const length = ends.size / ends.parts;
  assert(length > 257, "a part takes two runs");
  const scores = await Array.fromAsync(score(model, ends));
  assertEquals(scores.map(({ position }) => position), Array.from(ends.ids, (_, i) => i + 1));
  assertEquals(scores.map(({ id }) => id), [...ends.ids]);
  let before = 0;
  for (let part = 0; part < ends.parts; part++) {
    const own = scores.slice(part * length, (part + 1) * length);
    assertEquals(Object.keys(own[0]!), ["position", "id", "token", "sum"]);
    const alone = Corpus.fromText(own.map(({ token }) => token).join(""), { vocabulary: VOCABULARY });
    for (const [i, wanted] of (await Array.fromAsync(score(model, alone))).entries()) {
      const { logProbability, rank, entropy, sum } = own[i]!;
      assertEquals([logProbability, rank, entropy], [wanted.logProbability, wanted.rank, wanted.entropy]);
      assert(Math.abs(sum - before - wanted.sum) < 1e-9, `part ${part}, place ${i}`);
    }
    before = own.at(-1)!.sum;
  }
  const { loss, characters } = await evaluate(model, ends);
  assertEquals(characters, 3 * (length - 1));
  assert(Math.abs(before / characters + loss) < 1e-6, `${before / characters}, not ${-loss}`);
});

testEach(
  "a text is scored in pieces, whose memory does not grow with it and is given back",
  async (device) => {
    const given = CASES[2]!;
    using model = modelOf(device, given);
    const before = usedBytes(device);
    const taken = async (size: number, from: number): Promise<number> => {
      let most = 0;
      for await (const { position } of score(model, corpusOf(given, size))) {
        most = Math.max(most, usedBytes(device));
        if (position === from) break;
      }
      return most - before;
    };
    const pieces = [await taken(600, 599), await taken(1237, 1237), await taken(1237, 5)];
    assert(pieces[0]! > 0);
    assertEquals(pieces, pieces.map(() => pieces[0]));
    assertEquals(usedBytes(device), before);
  },
);

testEach("score() refuses a text of one token, and logits that are not finite", async (device) => {
  const given = CASES[0]!;
  using model = modelOf(device, given);
  const all = (size: number): Promise<TokenScore[]> => Array.fromAsync(score(model, corpusOf(given, size)));
  await assertRejects(() => all(1), RangeError, "Cannot score 1 character: at least 2 characters are needed");
  const dict = await model.stateDict();
  dict["dense.bias"]!.data[3] = NaN;
  model.loadStateDict(dict);
  await assertRejects(
    () => all(36),
    RangeError,
    `Cannot score token "${
      VOCABULARY.tokens[given.ids[1]!]
    }" at position 2 as the model's logits are not finite`,
  );
});
