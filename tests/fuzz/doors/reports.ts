/** What a report is made of: log, settings and what inspect found, as a run's folder may have them. @module */
import { assertEquals } from "@std/assert";
import { report, type ReportedRun } from "../../../mod.ts";
import type { Random } from "../../../src/random.ts";
import { assertOwnMarkup } from "../../report/read_page.ts";
import { hostileRun, runOf } from "../../report/runs.ts";
import type { Door } from "../door.ts";
import { drawText, mutateJson, mutateText, oneIn, pick } from "../mutate.ts";

const UNITS = [{
  unit: 1,
  layer: 0,
  feature: "quotes",
  correlation: 0.9,
  pieces: [{ tokens: ["a", "分"], activations: [0.9, -0.9] }],
}];

/** A text of JSON with something changed in it. */
function changed(value: unknown, random: Random): string {
  const text = JSON.stringify(oneIn(3, random) ? value : mutateJson(value, random));
  return oneIn(6, random) ? mutateText(text, random) : text;
}

/** What no caller may give, now and then. */
function drawRun(random: Random): ReportedRun {
  const run = drawSound(random);
  if (!oneIn(4, random)) return run;
  const member = pick(["name", "log", "confg", "State", "inspection"], random);
  return mutateJson({ ...run, [member]: pick([1, null, {}, true], random) }, random) as ReportedRun;
}

function drawSound(random: Random): ReportedRun {
  const { name, log, config, state } = oneIn(4, random) ? hostileRun() : runOf("first", 3);
  const lines = (log as string).split("\n").map((line) => {
    try {
      return changed(JSON.parse(line), random);
    } catch {
      return line;
    }
  });
  return {
    name: oneIn(4, random) ? drawText(random) : name,
    log: lines.join("\n"),
    config: oneIn(8, random) ? undefined : changed(JSON.parse(config as string), random),
    state,
    inspection: oneIn(2, random) ? undefined : changed({ text: "a", units: UNITS }, random),
  };
}

/** The door. */
export const reports: Door<ReportedRun[]> = {
  name: "reports",
  open() {
    return Promise.resolve({
      draw: (random) => Array.from({ length: pick([1, 1, 2, 3], random) }, () => drawRun(random)),
      async use(runs) {
        const made = report(runs);
        assertEquals(made.notes.filter((note) => /\bundefined\b|\[object |\n/.test(note)), []);
        const page = await made.html();
        return () => {
          assertOwnMarkup(page);
          assertEquals(/\bNaN\b|Infinity/.test(made.svg().replaceAll(/>[^<]*</g, "><")), false);
        };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
