/**
 * How many sunspots will there be? A GRU reads 33 years and tells the next 11, a cycle of the sun. It fetches the numbers of
 * 309 years with the package that carries them, 10 MB. On the command line the same is
 * `train --series sunspots.csv --horizon 11` and `forecast`.
 *
 *     deno run --allow-run=python3 examples/forecast.ts [EPOCHS] [SEED]
 *
 * @module
 */
import {
  fit,
  forecast,
  Forecaster,
  meanSquaredError,
  openDevice,
  parseSeries,
  Standardizer,
  windows,
} from "@refrain/refrain";
import { fetchSunspots } from "./sunspots.ts";

const [epochs = 30, seed = 0] = Deno.args.map(Number);
const csv = await fetchSunspots().catch(({ message }: Error) => {
  console.error(message);
  Deno.exit(1);
});
const series = parseSeries(csv, { columns: ["SUNACTIVITY"] });
const years = series.time!.texts.map(Number);

// What is learnt ends in 1946: neither a scale nor a window knows the years behind it.
const LEARNT = years.indexOf(1947);
const train = { ...series, values: series.values.slice(0, LEARNT) };
const scale = Standardizer.of(train);
const sizes = { numSteps: 33, horizon: 11 };

using device = await openDevice();
using model = new Forecaster(device, {
  ...sizes,
  layer: { hiddenSize: 32 },
  columns: series.columns,
  scale,
  seed,
});
const cut = { ...sizes, columns: 1, relative: true, batchSize: 32, seed };
const values = scale.apply(train);
const training = fit(model.parameters(), (epoch) => windows(values, { ...cut, epoch }), {
  step: ({ x, y }, tape) => meanSquaredError(model.forward(x, tape), y, tape),
  epochs,
  learningRate: 3e-3,
  clipGradNorm: 1,
  logEvery: 10,
});
for await (const { epoch, loss } of training.run()) console.log(`epoch ${epoch}, loss ${loss.toFixed(4)}`);

// Every eleven years of what it has not seen, told from all that came before them.
let squares = 0;
let unlearnt = 0;
let count = 0;
for (let first = LEARNT; first + 11 <= years.length; first++) {
  const told = await forecast(model, { ...series, values: series.values.slice(0, first) });
  for (const [h, value] of told.entries()) {
    squares += (value - series.values[first + h]!) ** 2;
    unlearnt += (series.values[first - 1]! - series.values[first + h]!) ** 2;
    count++;
  }
}
const [rmse, naive] = [squares, unlearnt].map((sum) => Math.sqrt(sum / count).toFixed(1));
console.log(`1947 to 2008: RMSE ${rmse}, by the last value ${naive}`);

const next = await forecast(model, series, { steps: 12 });
next.forEach((value, i) => console.log(`${years.at(-1)! + 1 + i} ${"*".repeat(Math.max(0, value / 4))}`));
