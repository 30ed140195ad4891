/** Ranks that die, stop, differ, or have another MPI: what becomes of the others, and what is said. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { filesOf } from "../cli/files_of.ts";
import { contents, refrain } from "../cli/spawn.ts";
import { type Launcher, launchers, training, trainOn } from "../support/mpi.ts";
import { assertClose } from "../support/losses.ts";
import { flags, folder, lossesOf } from "./runs.ts";

const LAUNCHERS = await launchers();
/** A training without an end, saved each second. */
const LONG = { "epochs": "100000", "log-every": "1000", "save-every": "1" };

/** Starts two ranks, and waits for their first save. */
async function saved(launcher: Launcher, cwd: string, run: string): Promise<Deno.ChildProcess> {
  const child = training(launcher, flags({ ...LONG, out: run }), { cwd }).spawn();
  for (let tries = 0; tries < 200; tries++) {
    const files = await contents(`${cwd}/${run}`).catch(() => ({}));
    if (Object.keys(files).some((path) => path.endsWith("/checkpoint.safetensors"))) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${run} has no checkpoint after 20 s`);
}

/** The process of a rank, by what its launcher told it. */
async function processOf(rank: number, run: string): Promise<number> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = (await Deno.readTextFile(`/proc/${name}/cmdline`)).split("\0");
      if (!words[0]!.endsWith("deno") || !words.includes(run)) continue;
      const environment = (await Deno.readTextFile(`/proc/${name}/environ`)).split("\0");
      if (
        environment.some((one) => one.match(/^(?:OMPI_COMM_WORLD|PMI)_RANK=(\d+)$/)?.[1] === String(rank))
      ) {
        return Number(name);
      }
    } catch {
      // it has ended
    }
  }
  throw new Error(`rank ${rank} of ${run} is not there`);
}

for (const launcher of LAUNCHERS) {
  Deno.test({
    name: `a rank that is killed ends the job, and the run is whole, by ${launcher.name}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const cwd = await folder();
      const child = await saved(launcher, cwd, "killed");
      const since = performance.now();
      Deno.kill(await processOf(1, "killed"), "SIGKILL");
      const { code, stdout, stderr } = await child.output();
      assert(performance.now() - since < 10_000, `${performance.now() - since} ms`);
      assert(code !== 0);
      const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assertMatch(told, /signal 9/);
      const checked = await refrain(["verify", "killed"], { cwd });
      assertEquals(checked.code, 0, checked.stdout);
      const again = await trainOn(launcher, ["--resume", "killed", "--time-budget", "1"], { cwd });
      assertEquals(again.code, 0, again.stderr);
      assertStringIncludes(again.stdout, "Stopped as the time budget of 1 second is spent; the run is kept");
      await Deno.remove(cwd, { recursive: true });
    },
  });

  Deno.test({
    name: `a signal to one rank saves, and ends all with its code, by ${launcher.name}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const cwd = await folder();
      const child = await saved(launcher, cwd, "stopped");
      Deno.kill(await processOf(1, "stopped"), "SIGTERM");
      const { code, stdout } = await child.output();
      assertEquals(code, 143);
      assertStringIncludes(
        new TextDecoder().decode(stdout),
        "\nStopped; the run is kept in stopped; to go on with it:\n",
      );
      assertEquals((await refrain(["verify", "stopped"], { cwd })).code, 0);
      await Deno.remove(cwd, { recursive: true });
    },
  });
}

const [first] = LAUNCHERS;

Deno.test({
  name: "a run of 2 ranks goes on with any number of them, and they with one of one process",
  ignore: first === undefined,
  fn: async (t) => {
    const cwd = await folder();
    const sizes = { "cell": "lstm", "reset-probability": "0.2", "validation-split": "0.2" };
    const stopped = { ...sizes, "stop-after": "13" }; // within an epoch
    assertEquals((await refrain(["train", ...flags({ ...sizes, out: "whole" })], { cwd })).code, 0);
    assertEquals((await trainOn(first!, flags({ ...stopped, out: "two" }), { cwd })).code, 0);
    assertEquals((await refrain(["train", ...flags({ ...stopped, out: "one" })], { cwd })).code, 0);
    assertEquals((await trainOn(first!, flags({ ...sizes, out: "undisturbed" }), { cwd })).code, 0);
    for (const [run, ranks] of [["two", 1], ["two", 2], ["two", 4], ["one", 2]] as const) {
      await t.step(`${run}, by ${ranks}`, async () => {
        const copy = `${run}-${ranks}`;
        await Deno.mkdir(`${cwd}/${copy}`);
        for await (const { name } of Deno.readDir(`${cwd}/${run}`)) {
          await Deno.copyFile(`${cwd}/${run}/${name}`, `${cwd}/${copy}/${name}`);
        }
        const { code, stderr } = ranks === 1
          ? await refrain(["train", "--resume", copy], { cwd })
          : await trainOn(first!, ["--resume", copy], { cwd, ranks });
        assertEquals([code, stderr], [0, ""]);
        assertClose(await lossesOf(`${cwd}/${copy}`), await lossesOf(`${cwd}/whole`));
        if (run !== "two" || ranks !== 2) return;
        assertEquals(await filesOf(`${cwd}/${copy}`), await filesOf(`${cwd}/undisturbed`));
      });
    }
    await Deno.remove(cwd, { recursive: true });
  },
});

Deno.test({
  name: "what cannot be trained on ranks is a sentence",
  ignore: first === undefined,
  fn: async () => {
    const cwd = await folder();
    await Deno.writeTextFile(
      `${cwd}/other.txt`,
      (await Deno.readTextFile(`${cwd}/text.txt`)).replaceAll("s", "m"), // which has fewer characters
    );
    const refused = async (
      changes: Record<string, string>,
      { of, launcher = first! }: { of?: Record<string, string>; launcher?: Launcher } = {},
    ): Promise<string> => {
      const { code, stderr } = await trainOn(launcher, flags(changes), { cwd, second: of && flags(of) });
      assert(code !== 0, JSON.stringify(changes));
      return stderr;
    };
    const both: [Record<string, string>, string][] = [
      [{ "batch-size": "3" }, "--batch-size 3 on 2 ranks as each must have as many rows"],
      [{ "mpi-library": "libm.so.6" }, 'Cannot use "libm.so.6" as MPI: it has no MPI_'],
      [{ "mpi-library": "./none.so" }, 'Cannot open "./none.so" as MPI: '],
      [{ "mpi-library": "" }, 'Cannot open "" as MPI: it names no library'],
    ];
    for (const [changes, sentence] of both) assertStringIncludes(await refused(changes), sentence);
    const seeds = await refused({}, { of: { seed: "7" } });
    assertStringIncludes(seeds, "ranks that differ: rank 0 has --seed 0, and rank 1 --seed 7");
    const corpora = await refused({}, { of: { corpus: "other.txt" } });
    const none = await refused({ out: "none" }, { of: { corpus: "none.txt", out: "none" } });
    assertStringIncludes(none, 'Cannot read "none.txt": ');
    assertEquals(await contents(`${cwd}/none`).catch(() => ({})), {});
    assertStringIncludes(corpora, "ranks that differ: rank 1 has not the text of rank 0");
    for (const other of LAUNCHERS.slice(1)) {
      const wrong = { ...first!, flags: other.flags };
      assertMatch(
        await refused({}, { launcher: wrong }),
        /Cannot train on 2 ranks with \S+ as another MPI has started them: --mpi-library/,
      );
      const found = { ...other, flags: [] };
      assertMatch(await refused({}, { launcher: found }), /Cannot (train on 2 ranks with|use MPI)/);
    }
    await Deno.remove(cwd, { recursive: true });
  },
});
