/** A run that goes on where another device, or another number of threads, computes. @module */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi fa sol la ti do ".repeat(12));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const FLAGS =
  "--preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --cell lstm --num-layers 2 --dropout 0.2 " +
  "--accumulate-steps 2 --validation-split 0.1 --log-every 1 --epochs 6 --length 2 --prefix fa --learning-rate 0.01";
const LINE = /^resume {2}.* computed before: losses agree to 1e-5, bits do not$/m;

const start = (flags: string): Promise<Result> =>
  refrain(["train", ...`${FLAGS} ${flags}`.split(" ")], { cwd });
const goOn = (run: string, flags: string): Promise<Result> =>
  refrain(["train", "--resume", run, ...flags.split(" ").filter(Boolean)], { cwd });

async function losses(run: string): Promise<number[]> {
  const lines = (await Deno.readTextFile(`${cwd}/${run}/log.jsonl`)).trimEnd().split("\n");
  return lines.flatMap((line) => {
    const { loss, validationLoss } = JSON.parse(line);
    return [loss, validationLoss];
  });
}

Deno.test({
  name: "a run that goes on on another device, and back, has the losses of one that stayed, and says so",
  ignore: !DEVICE_NAMES.includes("webgpu"),
  async fn() {
    assertEquals((await start("--device wasm --out whole")).code, 0);
    const whole = await losses("whole");
    for (const [first, other] of [["wasm", "webgpu"], ["webgpu", "wasm"]] as const) {
      const run = `from_${first}`;
      const begun = await start(`--device ${first} --stop-after 11 --out ${run}`);
      const there = await goOn(run, `--device ${other} --stop-after 20`);
      const back = await goOn(run, `--device ${first}`);
      assertEquals([begun, there, back].map(({ code }) => code), [0, 0, 0], there.stderr + back.stderr);
      assertEquals([begun, there, back].map(({ stdout }) => LINE.test(stdout)), [false, true, true]);
      const found = await losses(run);
      assertEquals(found.length, whole.length);
      const off = Math.max(...found.map((loss, i) => Math.abs(loss - whole[i]!)));
      assert(off < 1e-5, `losses differ by ${off}`);
      assertNotEquals(found, whole, "two devices computed");
    }
  },
});

Deno.test("a run that goes on with another number of threads has the same bits, and says so", async () => {
  const model = (run: string): Promise<Uint8Array> => Deno.readFile(`${cwd}/${run}/model.safetensors`);
  assertEquals((await start("--device wasm --threads 1 --out one")).code, 0);
  await start("--device wasm --threads 2 --stop-after 13 --out two");
  const { code, stdout } = await goOn("two", "--threads 3");
  assertEquals([code, LINE.test(stdout)], [0, false]);
  assertMatch(stdout, /^resume {2}with --threads 3, before with --threads 2: the same bits$/m);
  assertEquals(await losses("two"), await losses("one"));
  assertEquals(await model("two"), await model("one"));
});
