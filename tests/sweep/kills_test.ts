/** 200 trials whose process is killed 20 times. @module */
import { assert, assertEquals } from "@std/assert";
import { Random, uniform } from "../../src/random.ts";
import { readJournals } from "../../src/sweep/journal.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { HEAD, lineOf, trialsOf } from "./lines.ts";

const PROGRAM = decodeURIComponent(new URL("fake_sweep.ts", import.meta.url).pathname);
const KILLS = 20;

/** Runs a sweep, and kills it so many milliseconds behind its beginning; gives what it told of, and whether it ended. */
async function run(folder: string, milliseconds?: number): Promise<{ told: string[]; ended: boolean }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", PROGRAM, folder, "4"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (milliseconds === undefined || timer !== undefined || !text.startsWith("begun\n")) continue;
    timer = setTimeout(() => {
      try {
        child.kill("SIGKILL");
      } catch {
        // it has ended
      }
    }, milliseconds);
  }
  clearTimeout(timer);
  const { success } = await child.status;
  return { told: text.split("\n").slice(1, -1), ended: success };
}

Deno.test("200 trials that are killed 20 times lose none, and none is kept twice", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const random = new Random(21);
  const told = new Set<string>();
  let kills = 0;
  for (; kills < KILLS; kills++) {
    const { told: now, ended } = await run(path, 60 * uniform(random.next()));
    if (ended) break;
    for (const id of now) told.add(id);
    const kept = new Set((await readJournals(path, HEAD.sweep)).lines.map(({ trial }) => trial));
    assertEquals([...told].filter((id) => !kept.has(id)), [], `kill ${kills}`);
  }
  assertEquals(kills, KILLS, "it was over before");
  assert(told.size > 0 && told.size < HEAD.trials, `${told.size} were told of before the last kill`);
  assertEquals((await run(path)).ended, true);
  const { lines, notes } = await readJournals(path, HEAD.sweep);
  assertEquals(notes, []);
  const sorted = lines.toSorted((a, b) => a.trial < b.trial ? -1 : 1);
  assertEquals(sorted, trialsOf(HEAD.trials).map(lineOf));
});
