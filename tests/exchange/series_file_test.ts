/** Files of models of series: whole, damaged, and taken for what they are not. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { decodeModel, forecast, Forecaster, openDevice, parseSeries, Standardizer } from "../../mod.ts";
import { encodeForecaster, readForecaster } from "../../src/exchange/series_file.ts";
import { SERIES_KEY } from "../../src/exchange/series_metadata.ts";
import { BLANK, PROOF, seal } from "../../src/files/proof.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";

const device = await openDevice("wasm", { threads: 1 });
Deno.test.afterAll(() => device[Symbol.dispose]());
const SERIES = parseSeries("year,a,b\n1,2,3\n2,4,1\n3,8,2\n4,1,9");
const model = new Forecaster(device, {
  kind: "lstm",
  layer: { hiddenSize: 4, projSize: 2, bias: false },
  columns: ["a", "b"],
  scale: Standardizer.of(SERIES),
  numSteps: 3,
  horizon: 2,
  seed: 0,
});
const bytes = await encodeForecaster(model, SERIES, { epoch: 3, step: 7 });

/** The file with other metadata, sealed anew. */
async function changed(members: object): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const stated = { ...JSON.parse(metadata[SERIES_KEY]!), ...members };
  return await seal(
    encodeSafetensors(tensors, { ...metadata, [SERIES_KEY]: JSON.stringify(stated), [PROOF]: BLANK }),
  );
}

Deno.test("a file has all that forecasts take", async () => {
  const { options, end, origin, proof, tensors } = await readForecaster(bytes);
  assertEquals([proof, origin.step, end.time?.texts], ["whole", 7, ["2", "3", "4"]]);
  using again = new Forecaster(device, options);
  again.loadStateDict(tensors);
  assertEquals(await forecast(again, end, { steps: 5 }), await forecast(model, SERIES, { steps: 5 }));
});

Deno.test("metadata that are not right are told in a sentence", async () => {
  const damages: [members: object, sentence: string][] = [
    [{ version: 2 }, "its format is version 2, this refrain reads 1"],
    [{ columns: [] }, "its metadata is damaged, as columns is []"],
    [{ columns: ["a"] }, "its metadata is damaged, as mean is"],
    [{ deviation: [1, 0] }, "as deviation is [1,0]"],
    [{ numSteps: 2 }, "as the number of rows of end is 3"],
    [{ horizon: 2.5 }, "as horizon is 2.5"],
    [{ horizon: 3 }, "dense.weight"],
    [{ kind: "gru" }, "projSize"],
    [{ end: undefined }, "as end is absent"],
    [{ end: { values: [1, 2, 3, 4, 5, null], times: null } }, "as end.values is"],
    [{ end: { values: [1, 2, 3, 4, 5, 6], times: ["1", "x", "3"] } }, "as end.times is"],
    [{ time: 7 }, "as time is 7"],
  ];
  for (const [members, sentence] of damages) {
    await assertRejects(() => changed(members).then((bytes) => readForecaster(bytes)), Error, sentence);
  }
  const flipped = bytes.slice();
  flipped[flipped.length - 1]! ^= 1;
  await assertRejects(() => readForecaster(flipped), SyntaxError, "has changed since refrain wrote it");
  await readForecaster(flipped, { verify: false });
});

Deno.test("what is not finite is neither a scale nor written", async () => {
  const values = SERIES.values.with(7, Infinity);
  await assertRejects(
    () => encodeForecaster(model, { ...SERIES, values }),
    RangeError,
    'Cannot save the model as column "b" of the series\' end has Infinity',
  );
  for (const scale of [Standardizer.of({ ...SERIES, values }), { mean: [0, 0], deviation: [1, 0] }]) {
    assertThrows(
      () => new Forecaster(device, { ...model.options, scale }),
      RangeError,
      "Cannot make a Forecaster as scale must have finite means and deviations above 0",
    );
  }
});

Deno.test("a model of a series is none of a text, and the other way round", async () => {
  await assertRejects(() => decodeModel(bytes, device), TypeError, "as it is one of a series: forecast");
  const text = await Deno.readFile("tests/golden/from_python/model.safetensors");
  await assertRejects(
    () => readForecaster(text),
    TypeError,
    "Cannot forecast with the model as it is of no series",
  );
});
