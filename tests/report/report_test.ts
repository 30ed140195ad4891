/** report(): what it takes, what a notebook shows, and where points stand. @module */
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { report, type ReportedRun } from "../../mod.ts";
import { columnsOf } from "../../src/report/columns.ts";
import { hostileRun, runOf } from "./runs.ts";

/** What a cell of a notebook is given. */
function displayed(runs: readonly ReportedRun[]): Record<string, string> {
  const shown = report(runs) as unknown as Record<symbol, () => Record<string, string>>;
  return shown[Symbol.for("Jupyter.display")]!();
}

Deno.test("a notebook shows the curves of the losses, as a picture without script or style", () => {
  const shown = displayed([runOf("first", 30)]);
  assertEquals(shown["text/plain"], "Report of 1 run, 30 reports");
  const svg = shown["image/svg+xml"]!;
  assertMatch(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 720 360" .*<\/svg>$/s);
  assertEquals(svg.match(/<polyline/g)?.length, 2);
  assertEquals(svg.match(/<script|<style|\son\w+=|href|style=/g), null);
  assertStringIncludes(svg, "Loss, nats a token");
  assertStringIncludes(svg, ">validation<");
  assertStringIncludes(svg, ">best n-gram<");
  const [training, validation] = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
    points!.split(" ").map((point) => point.split(",").map(Number))
  );
  assertEquals([training!.length, validation!.length], [30, 30]);
  assertEquals([training![0]![0], training!.at(-1)![0]], [64, 704], "from the first epoch to the last");
  assertEquals(validation![0]![1], 52, "the largest of all");
});

Deno.test("a picture of one report has a point, one of none says so, and no text becomes markup", () => {
  assertStringIncludes(report([runOf("x", 1)]).svg(), "<circle");
  assertStringIncludes(report([{ name: "x", log: "" }]).svg(), "There is no number to show yet");
  const svg = report([hostileRun(), hostileRun()]).svg();
  assertEquals(svg.match(/<(img|script|iframe|style|link)/g), null);
  assertEquals(svg.match(/<svg/g)?.length, 1);
});

Deno.test("a picture has numbers alone, however large those of a log are", () => {
  for (const [first, last] of [[1e20, 1e20], [-1e100, 1e100], [1e308, 2], [0, 5e-324]]) {
    const svg = report([{ name: "x", log: [{ epoch: 1, loss: first }, { epoch: 2, loss: last }] }]).svg();
    assertEquals(svg.match(/NaN|Infinity/), null, `${first} and ${last}`);
  }
});

Deno.test("a long run's picture stays small", () => {
  const log = Array.from({ length: 100_000 }, (_, i) => ({ epoch: i + 1, loss: Math.sin(i) }));
  const { length } = report([{ name: "long", log }]).svg();
  assertEquals(length < 30_000, true, `${length} characters`);
});

Deno.test("reports within an epoch stand within it", () => {
  const entries = [{ epoch: 1, steps: 5 }, { epoch: 1, steps: 10 }, { epoch: 2, steps: 15 }];
  assertEquals(columnsOf(entries, 10).columns.epoch, [0.5, 1, 1.5]);
  assertEquals(columnsOf(entries, undefined).columns.epoch, [1, 1, 2]);
  assertEquals(
    columnsOf([{ epoch: 4, steps: 1 }, { epoch: 5, steps: 2 }], 10).columns.epoch,
    [4, 5],
    "steps that do not fit",
  );
  assertEquals(columnsOf([{ loss: 1 }, { loss: 2 }], 10).columns.epoch, [1, 2]);
  const late = [{ epoch: 1, steps: 12_345_678 }, { epoch: 12_345_679, steps: 12_345_678_123_457 }];
  assertEquals(columnsOf(late, 1_000_000).columns.epoch, [1, 12_345_679], "steps that do not fit");
  assertEquals(columnsOf(late.slice(0, 1), 12_345_678).columns.epoch, [1], "all steps of an epoch");
  assertEquals(columnsOf(late.slice(1), 1_000_000).columns.epoch, [12_345_678.1], "nine digits");
});

Deno.test("a report without a number is passed over, one that is not finite is a gap", () => {
  const entries = [{ epoch: 1, loss: 1 }, { epoch: 2, loss: null, validationLoss: 2 }, { epoch: 3, loss: 3 }];
  const { columns: { values }, notes } = columnsOf(entries, undefined);
  assertEquals(values, { loss: [1, false, 3], validationLoss: [null, 2, null] });
  assertEquals(notes, ["the training loss is no finite number in 1 of 3 reports: its curve has gaps there"]);
});

Deno.test("what is no run is refused in one sentence", () => {
  // deno-lint-ignore no-explicit-any
  const refused = (runs: any): string => assertThrows(() => report(runs), TypeError).message;
  assertEquals(refused([]), "Cannot report without a run: give a list of runs");
  assertEquals(refused({}), "Cannot report without a run: give a list of runs");
  assertEquals(refused([null]), "Cannot report what is no run: current value is null");
  const long = refused(["long\u202e".repeat(5000)]);
  assertEquals([long.length < 600, long.includes("\u202e")], [true, false]);
  assertEquals(
    refused([{ name: "x", log: "", state: 1 }]),
    "Cannot report a run as its state is no string: current value is 1",
  );
  assertEquals(refused([{ log: "" }]), "Cannot report a run without a name: name must be a string");
  assertMatch(
    refused([{ name: "x" }]),
    /^Cannot report a run without a log: log must be a list of reports, or /,
  );
  assertEquals(
    refused([{ name: "x", log: [], confg: {} }]),
    'Cannot report a run with unknown option "confg": did you mean "config"?',
  );
});
