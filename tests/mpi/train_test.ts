/** `train --distributed mpi` on two ranks, by each MPI that is here. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { filesOf } from "../cli/files_of.ts";
import { refrain } from "../cli/spawn.ts";
import { launchers, trainOn } from "../support/mpi.ts";
import { assertClose, flags, folder, lossesOf } from "./runs.ts";

const LAUNCHERS = await launchers();
for (const launcher of LAUNCHERS) {
  Deno.test(`2 ranks learn what one process does, by ${launcher.name}`, async (t) => {
    const cwd = await folder();
    for (const cell of launcher === LAUNCHERS[0] ? KINDS : ["gru"]) {
      await t.step(cell, async () => {
        const out = (name: string): string[] => flags({ cell, out: `${name}-${cell}` });
        const one = await refrain(["train", ...out("one")], { cwd });
        assertEquals(one.code, 0, one.stderr);
        const both = await trainOn(launcher, out("two"), { cwd });
        assertEquals([both.code, both.stderr], [0, ""]);
        assertMatch(both.stdout, /^device .*\nranks {3}2, by \S+\n/);
        assertEquals(both.stdout.match(/The run is kept/g)!.length, 1, "rank 0 alone speaks");
        assertClose(await lossesOf(`${cwd}/two-${cell}`), await lossesOf(`${cwd}/one-${cell}`));
      });
    }
    await t.step("the same bits again", async () => {
      const again = flags({ cell: "gru", out: "again" });
      assertEquals((await trainOn(launcher, again, { cwd })).code, 0);
      assertEquals(await filesOf(`${cwd}/again`), await filesOf(`${cwd}/two-gru`));
    });
    await Deno.remove(cwd, { recursive: true });
  });
}
