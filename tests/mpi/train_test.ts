/** `train --distributed mpi` on two ranks, by each MPI that is here. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { filesOf } from "../cli/files_of.ts";
import { refrain } from "../cli/spawn.ts";
import { launchers, trainOn } from "../support/mpi.ts";
import { assertClose } from "../support/losses.ts";
import { flags, folder, lossesOf } from "./runs.ts";

const LAUNCHERS = await launchers();
const SMALL =
  "--device wasm --threads 1 --hidden-size 7 --batch-size 4 --epochs 4 --log-every 1 --validation-split 0.2";
/** What is no running text. */
const OTHERS = {
  lines: `--lines --corpus lines.txt --dropout 0.2 --num-layers 2 ${SMALL}`,
  series: `--series waves.csv --num-steps 6 --horizon 2 --output-dropout 0.2 ${SMALL}`,
};

for (const launcher of LAUNCHERS) {
  Deno.test(`2 ranks learn what one process does, by ${launcher.name}`, async (t) => {
    const cwd = await folder();
    await Deno.writeTextFile(
      `${cwd}/lines.txt`,
      (await Deno.readTextFile(`${cwd}/text.txt`)).replaceAll("la", "\n"),
    );
    const waves = Array.from({ length: 60 }, (_, t) => `${20 + t / 10 + 5 * Math.sin(t * Math.PI / 6)}`);
    await Deno.writeTextFile(`${cwd}/waves.csv`, ["height", ...waves].join("\n"));
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
    if (launcher === LAUNCHERS[0]) {
      for (const [name, changes] of Object.entries(OTHERS)) {
        await t.step(name, async () => {
          const words = (out: string): string[] => ["--deterministic", ...changes.split(" "), "--out", out];
          const one = await refrain(["train", ...words(`one-${name}`)], { cwd });
          assertEquals([one.code, one.stderr], [0, ""]);
          const both = await trainOn(launcher, [...words(`two-${name}`), "--stop-after", "7"], { cwd });
          assertEquals([both.code, both.stderr], [0, ""]);
          assertEquals((await trainOn(launcher, ["--resume", `two-${name}`], { cwd })).code, 0);
          assertClose(await lossesOf(`${cwd}/two-${name}`), await lossesOf(`${cwd}/one-${name}`));
        });
      }
    }
    await t.step("the same bits again", async () => {
      const again = flags({ cell: "gru", out: "again" });
      assertEquals((await trainOn(launcher, again, { cwd })).code, 0);
      assertEquals(await filesOf(`${cwd}/again`), await filesOf(`${cwd}/two-gru`));
    });
    await Deno.remove(cwd, { recursive: true });
  });
}
