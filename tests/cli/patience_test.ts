/** `train --patience`: what is kept of a run that ends before its epochs do. @module */
import { assert, assertEquals } from "@std/assert";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain } from "./spawn.ts";

Deno.test("a run that patience ends is saved as its last report left it", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi ".repeat(20));
  const sizes =
    "--batch-size 2 --num-steps 10 --hidden-size 8 --device wasm --threads 1 --length 3 --prefix fa";
  // The rate grows until nothing is learnt any more.
  const flags =
    "--preset tutorial --corpus song.txt --log-every 1 --epochs 400 --patience 3 --learning-rate 0.01 --schedule exponential " +
    "--gamma 1.3 --out run";
  const { code, stdout } = await refrain(["train", ...sizes.split(" "), ...flags.split(" ")], { cwd });
  assertEquals(code, 0);
  const end = "The run has ended by --patience: 3 reports without a better loss";
  assert(
    stdout.includes(`\n\n${end}\n\nThe report of the run is in run/report.html\n\nThe run is kept`),
    stdout,
  );
  const log = (await Deno.readTextFile(`${cwd}/run/log.jsonl`)).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assert(log.length > 4 && log.length < 400, stdout);
  const losses: number[] = log.map(({ loss }) => loss);
  const best = losses.indexOf(Math.min(...losses));
  assertEquals(losses.length, best + 4, "three reports behind the best one");
  const { state } = await decodeCheckpoint(await Deno.readFile(`${cwd}/run/checkpoint.safetensors`));
  assertEquals([state.epoch, state.best, state.worse], [log.length + 1, losses[best], 3]);
  const again = await refrain(["train", "--resume", "run"], { cwd });
  assertEquals(again.stdout.split(end).length, 2, again.stdout + again.stderr);
});
