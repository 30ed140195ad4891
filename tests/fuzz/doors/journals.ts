/** The journal of a sweep, as kills, disks and editors may leave it. @module */
import { assertEquals } from "@std/assert";
import type { Random } from "../../../src/random.ts";
import { Journal, journalName, readEntries, readJournals } from "../../../src/sweep/journal.ts";
import type { Line } from "../../../src/sweep/line.ts";
import { rank } from "../../../src/sweep/ranking.ts";
import { temporaryFolder } from "../../files/temporary_folder.ts";
import { HEAD, lineOf, trialsOf } from "../../sweep/lines.ts";
import type { Door } from "../door.ts";
import { drawBytes, drawText, mutateBytes, mutateJson, mutateText, oneIn, pick } from "../mutate.ts";

const TRIALS = trialsOf(6);
const FAILED: Line = { ...lineOf(TRIALS[1]!), state: "failed", error: "Cannot train" } as Line;
const LINES: readonly object[] = [...TRIALS.slice(0, 4).map(lineOf), FAILED];

function drawLine(value: object, random: Random): string {
  if (oneIn(3, random)) return JSON.stringify(value);
  const text = JSON.stringify(mutateJson(value, random));
  return oneIn(6, random) ? mutateText(text, random) : text;
}

function drawJournal(random: Random): Uint8Array<ArrayBuffer> {
  if (oneIn(20, random)) return drawBytes(random, random.integer(80));
  const head = oneIn(4, random)
    ? drawLine(pick([HEAD, { ...HEAD, sweep: "ba9876543210", command: drawText(random) }], random), random)
    : JSON.stringify(HEAD);
  const lines = Array.from({ length: random.integer(5) }, () => drawLine(pick(LINES, random), random));
  const bytes = new TextEncoder().encode([head, ...lines, ""].join("\n"));
  const damaged = oneIn(4, random) ? mutateBytes(bytes, random) : bytes;
  return oneIn(3, random) ? damaged.slice(0, random.integer(damaged.length + 1)) : damaged;
}

/** The door. */
export const journals: Door<Uint8Array<ArrayBuffer>> = {
  name: "journals",
  async open() {
    const folder = await temporaryFolder();
    const { path } = folder;
    const file = `${path}/${journalName()}`;
    return {
      draw: drawJournal,
      async use(bytes) {
        await Deno.writeFile(file, bytes);
        const before = await readJournals(path, HEAD.sweep);
        const journal = await Journal.open(path, HEAD);
        const added = lineOf(TRIALS[5]!);
        await journal.append(added);
        await journal.close();
        return async () => {
          const after = await readJournals(path, HEAD.sweep);
          const { rest } = readEntries(await Deno.readTextFile(file));
          // A last line that lacked its line break alone was kept.
          assertEquals(after.lines.filter((_, i) => i < before.lines.length), before.lines);
          assertEquals([after.lines.at(-1), rest], [added, ""]);
          assertEquals(after.lines.length - before.lines.length <= 2, true);
          for (const { validationLoss, seconds } of rank(TRIALS, after.lines)) {
            for (const number of [validationLoss ?? 0, seconds ?? 0]) {
              assertEquals(typeof number.toFixed(4), "string");
            }
          }
        };
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
};
