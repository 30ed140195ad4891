/** Series: tables of numbers, and what the file of a model says of itself, sealed anew. @module */
import { assert, assertEquals } from "@std/assert";
import {
  type Device,
  forecast,
  Forecaster,
  openDevice,
  parseSeries,
  type Series,
  Standardizer,
} from "../../../mod.ts";
import { lengthOf } from "../../../src/data/series.ts";
import { continueTimes, timeOf } from "../../../src/data/times.ts";
import { encodeForecaster, readForecaster } from "../../../src/exchange/series_file.ts";
import { SERIES_KEY } from "../../../src/exchange/series_metadata.ts";
import { BLANK, PROOF, seal } from "../../../src/files/proof.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from "../../../src/files/safetensors.ts";
import type { Random } from "../../../src/random.ts";
import type { Door } from "../door.ts";
import { mutateJson, mutateText, oneIn, pick } from "../mutate.ts";

const TABLES = [
  "year,a,b\n1700,5,0.5\n1701,11,-1e3\n1702,16,+.5\n",
  '\ufeff"day","a ""b"", c"\r\n2024-02-28,1\r\n2024-02-29,2\r\n2024-03-01,3',
  "time;x\n2024-01-01T00:00:00Z;1\n2024-01-01T12:00:00Z;2\n",
  "a\tb\n1\t2\n\n3\t4\n",
];
const CELLS = ["", "0", "1e99", "n/a", '"', '""', "1,5", "2024-02-30", "2024-13", "\0", "９"];

/** A table or a file. */
type Input = { readonly csv: string } | { readonly bytes: Uint8Array };

function drawTable(random: Random): string {
  const table = pick(TABLES, random);
  if (oneIn(5, random)) return table;
  if (oneIn(2, random)) return mutateText(table, random);
  const cells = table.split(/(?<=[,;\t\n])|(?=[,;\t\n])/);
  cells[random.integer(cells.length)] = pick(CELLS, random);
  return cells.join("");
}

async function drawFile({ tensors, metadata }: SafetensorsContent, random: Random): Promise<Uint8Array> {
  const stated = metadata[SERIES_KEY]!;
  const json = oneIn(4, random)
    ? mutateText(stated, random).toWellFormed()
    : JSON.stringify(mutateJson(JSON.parse(stated), random));
  return await seal(encodeSafetensors(tensors, { ...metadata, [SERIES_KEY]: json, [PROOF]: BLANK }));
}

function useTable(csv: string): () => void {
  const series = parseSeries(csv);
  return () => {
    const { columns, values, time } = series;
    assertEquals(values.length, lengthOf(series) * columns.length);
    assert(values.every((value) => Number.isFinite(value)));
    if (!time) return;
    const next = continueTimes(time.texts, 3);
    const times = [...time.texts.slice(-1), ...next ?? []].map((text) => timeOf(text));
    assert(times.every((one, i) => i === 0 || one! > times[i - 1]!), `${time.texts} goes on with ${next}`);
  };
}

async function useFile(device: Device, bytes: Uint8Array): Promise<() => Promise<void>> {
  const { options, tensors, end } = await readForecaster(bytes);
  return async () => {
    using model = new Forecaster(device, options);
    model.loadStateDict(tensors);
    const told = await forecast(model, end, { steps: 3 });
    assertEquals(told.length, 3 * options.columns.length);
    const again = await readForecaster(await encodeForecaster(model, end));
    assertEquals({ ...again.options, seed: 0 }, { ...options, seed: 0 });
  };
}

/** The door. */
export const series: Door<Input> = {
  name: "series",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const contents: SafetensorsContent[] = [];
    for (const [table, kind] of [[TABLES[0]!, "gru"], [TABLES[3]!, "lstm"]] as const) {
      const end: Series = parseSeries(table);
      const layer = { hiddenSize: 3, numLayers: 2, dropout: 0.1 };
      const sizes = { numSteps: 2, horizon: 2, columns: end.columns, scale: Standardizer.of(end) };
      const model = new Forecaster(device, { kind, layer, ...sizes, seed: 0 });
      contents.push(decodeSafetensors(await encodeForecaster(model, end, { epoch: 1, step: 2 })));
      model[Symbol.dispose]();
    }
    return {
      async draw(random) {
        if (oneIn(2, random)) return { csv: drawTable(random) };
        return { bytes: await drawFile(pick(contents, random), random) };
      },
      use: (input) =>
        "csv" in input ? Promise.resolve().then(() => useTable(input.csv)) : useFile(device, input.bytes),
      held: () => device.memory.used,
      [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
    };
  },
};
