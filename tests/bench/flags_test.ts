/** A wrong flag ends a benchmark with one sentence, before anything is measured. @module */
import { assertEquals } from "@std/assert";

/** Arguments by file and what is said of them. */
const CASES: readonly (readonly [file: string, args: string, sentence: string])[] = [
  ["busy.ts", "--foo 1", "--foo: it is not known"],
  ["busy.ts", "--rounds x", "--rounds x: it must be a whole number from 1"],
  ["busy.ts", "--threads 2,0", "--threads 0: it must be a whole number from 1"],
  ["busy.ts", "--peers foo", "--peers foo: known are turbo, pytorch, jax, tfjs, onnxruntime"],
  ["growth.ts", "--foo", "--foo: it is not known"],
  ["growth.ts", "--cells foo", "--cells foo: known are rnn, gru, lstm"],
  ["growth.ts", "--axes H,foo", "--axes foo: known are H, B, V, T, corners"],
  ["growth.ts", "--seconds x", "--seconds x: it must be a number from 0"],
  ["tile_choice.ts", "--build foo", "--build foo: known are relaxed, plain"],
  ["tile_choice.ts", "--starts 1.5", "--starts 1.5: it must be a whole number from 1"],
  ["peers/run.ts", "--peers turbo,foo", "--peers foo: known are turbo, pytorch, jax, tfjs, onnxruntime"],
  ["peers/run.ts", "--device foo", "--device foo: known are wasm, webgpu"],
  ["peers/run.ts", "--rounds 0", "--rounds 0: it must be a whole number from 1"],
  ["published.ts", "--foo", "--foo: it is not known"],
  ["time_to_quality.ts", "--recipes foo --data .", "--recipes foo: known are small, large"],
  ["presets.ts", "--foo", "--foo: it is not known"],
  [
    "presets.ts",
    "--data . --texts foo",
    "--texts foo: known are 10 KB of tang300.txt, tang300.txt, " +
    "10 KB of timemachine.txt, timemachine.txt, 10 KB of tinyshakespeare.txt, tinyshakespeare.txt",
  ],
  ["cold_start.ts", "--corpus a --ways foo", "--ways foo: known are consecutive, random, and probabilities"],
  ["browser/run.ts", "--foo", "--foo: it is not known"],
  ["browser/run.ts", "--threads x", "--threads x: it must be a whole number from 1"],
];

for (const [file, args, sentence] of CASES) {
  Deno.test(`bench/${file} ${args} ends with a sentence`, async () => {
    const bench = new URL(`../../bench/${file}`, import.meta.url).href;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", bench, ...args.split(" ")],
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals([code, stdout.length, said], [2, 0, `error: Cannot measure with ${sentence}\n`]);
  });
}
