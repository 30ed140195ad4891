/** `train --distributed mpi` on two ranks, by each MPI that is here. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { filesOf } from "../cli/files_of.ts";
import { refrain } from "../cli/spawn.ts";
import { launchers, trainOn } from "../support/mpi.ts";

const LAUNCHERS = await launchers();
/** 50 steps of 4 rows. */
const SIZES = "--hidden-size 7 --batch-size 4 --num-steps 5 --epochs 5 --log-every 1".split(" ");
const FLAGS = "--preset tutorial --device wasm --threads 1 --deterministic --length 4 --corpus text.txt"
  .split(" ");
const TEXT = "fa la do re mi fa sol la ti do ".repeat(8).slice(0, 4 * 51);

/** A folder with a text. */
async function folder(): Promise<string> {
  const cwd = await Deno.makeTempDir({ prefix: "refrain-mpi-" });
  await Deno.writeTextFile(`${cwd}/text.txt`, TEXT);
  return cwd;
}

/** What the reports of a run tell of losses. */
async function lossesOf(run: string): Promise<number[]> {
  const lines = (await Deno.readTextFile(`${run}/log.jsonl`)).trim().split("\n");
  return lines.flatMap((line) => {
    const { loss, validationLoss, gradNorm } = JSON.parse(line);
    return [loss, gradNorm, ...validationLoss === undefined ? [] : [validationLoss]];
  });
}

function assertClose(actual: number[], expected: number[]): void {
  assertEquals(actual.length, expected.length);
  const off = Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
  assert(off <= 1e-5, `off by ${off}`);
}

for (const launcher of LAUNCHERS) {
  Deno.test(`2 ranks learn what one process does, by ${launcher.name}`, async (t) => {
    const cwd = await folder();
    for (const cell of launcher === LAUNCHERS[0] ? KINDS : ["gru"]) {
      await t.step(cell, async () => {
        const flags = [...FLAGS, ...SIZES, "--cell", cell, "--out"];
        const one = await refrain(["train", ...flags, `one-${cell}`], { cwd });
        assertEquals(one.code, 0, one.stderr);
        const both = await trainOn(launcher, [...flags, `two-${cell}`], { cwd });
        assertEquals([both.code, both.stderr], [0, ""]);
        assertMatch(both.stdout, /^device .*\nranks {3}2, by \S+\n/);
        assertEquals(both.stdout.match(/The run is kept/g)!.length, 1, "rank 0 alone speaks");
        assertClose(await lossesOf(`${cwd}/two-${cell}`), await lossesOf(`${cwd}/one-${cell}`));
      });
    }
    await t.step("the same bits again", async () => {
      const flags = [...FLAGS, ...SIZES, "--cell", "gru", "--out"];
      assertEquals((await trainOn(launcher, [...flags, "again"], { cwd })).code, 0);
      assertEquals(await filesOf(`${cwd}/again`), await filesOf(`${cwd}/two-gru`));
    });
    await Deno.remove(cwd, { recursive: true });
  });
}
