/** Peers are timed only where they compute what refrain does. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { compareFirst } from "../../bench/peers/agreement.ts";
import { type Effort, measure } from "../../bench/peers/measure.ts";
import type { System } from "../../bench/peers/systems.ts";
import { busyRows } from "../../bench/busy/table.ts";
import { busyTable, detailTable, multiplesOf, ratioTable, resultsOf } from "../../bench/peers/tables.ts";
import type { WorkloadFile } from "../../bench/peers/workload_files.ts";

const version = "any";

Deno.test("losses agree to a thousandth of their size, characters altogether", () => {
  const own = { version, losses: [4, 2] };
  assertEquals(compareFirst(own, { version, losses: [4, 2.0019] }), { difference: 2.0019 / 2 - 1 });
  const faults = [[4, 2.0021], [4, NaN], [4]].map((losses) => compareFirst(own, { version, losses }));
  assertEquals(faults, [
    { fault: "the loss of step 2 is 2.0021, refrain's is 2" },
    { fault: "the loss of step 2 is NaN, refrain's is 2" },
    { fault: "it reports other things" },
  ]);
  const text = { version, ids: [[1, 2], [3, 4]] };
  assertEquals(compareFirst(text, structuredClone(text)), { difference: 0 });
  const others = [[[1, 2], [3, 5]], [[1, 2], [3, 4, 5]], [[1, 2]]].map((ids) =>
    compareFirst(text, { version, ids })
  );
  assertEquals(others, [
    { fault: "character 1 of text 1 is 5, refrain's is 4" },
    { fault: "text 1 has another length" },
    { fault: "character 0 of text 1 is undefined, refrain's is 3" },
  ]);
});

/**
 * A peer that says these losses, and that each step took so many seconds, beside a spinner twice as many; without losses it does
 * not start. It is asked twice a half: what it says first does not count.
 */
function standIn(family: string, losses: number[] | undefined, seconds: number): System {
  const program = losses
    ? `let round = 0;
       console.log(${JSON.stringify(JSON.stringify({ version: family, losses }))});
       for await (const _ of Deno.stdin.readable) {
         const one = ${seconds} * (1 + (round++ >> 1) % 2);
         console.log(JSON.stringify({ seconds: [9, one, one] }));
       }`
    : "throw new Error('no such system')";
  return { name: `${family} x`, family, kinds: ["training"], command: [Deno.execPath(), "eval", program] };
}

const WORKLOAD = { kind: "training", batchSize: 3, numSteps: 5 } as WorkloadFile;
const EFFORT: Effort = {
  rounds: 2,
  steps: 2,
  seconds: 9,
  threads: 1,
  check: 2,
  reportEvery: 1,
  spinners: 1,
};

Deno.test("a peer with other losses, or none, is named and has no ratio", async () => {
  const systems = [
    standIn("refrain", [4, 2], 1),
    standIn("PyTorch", [4, 2], 2),
    standIn("turbo", [4, 2], 0.6),
    standIn("other", [4, 3], 1),
    standIn("absent", undefined, 1),
  ];
  const outcome = await measure("H", WORKLOAD, { systems, path: "unused", effort: EFFORT });
  assertEquals(outcome.measured.map(({ ratios }) => ratios), [[], [0.5, 0.5], [1 / 0.6, 1 / 0.6]]);
  assertEquals(outcome.faults, ["H: other x: the loss of step 2 is 3, refrain's is 2"]);
  assertStringIncludes(outcome.absent.join(), "H: absent x: ");
  assertEquals(resultsOf([outcome], "wasm").map(({ median }) => median), [1, 2, 0.6]);
  for (const ratio of ["0.50 (0.50–0.50) x", "0.30 (0.30–0.30) x"]) {
    assertStringIncludes(ratioTable([outcome]), ratio);
  }
  for (const name of ["other", "absent"]) {
    assertEquals(`${ratioTable([outcome])}${detailTable([outcome])}`.includes(name), false);
  }
  assertStringIncludes(ratioTable([outcome], { workload: "任务" }), "| 任务 ");
});

Deno.test("every second half of a round stands beside spinners, as a multiple of the first", async () => {
  const systems = [standIn("refrain", [4, 2], 1), standIn("PyTorch", [4, 2], 2)];
  const counts = { ...standIn("counters", [], 3), counts: true };
  const outcome = await measure("H", WORKLOAD, {
    systems: [...systems, counts],
    path: "unused",
    effort: EFFORT,
  });
  const [own, , counters] = outcome.measured;
  assertEquals(own!.busy.rounds, [2, 2]);
  assertEquals(multiplesOf(counters!), [2, 2]);
  const cells = busyTable([outcome]).split("\n").at(-1)!.split("|").map((cell) => cell.trim()).slice(1, 5);
  assertEquals(cells, ["H", "2.00 s", "2.00 (2.00–2.00)", "0.50 (0.50–0.50) x"]);
  assertStringIncludes(detailTable([outcome]), "2.00 (2.00–2.00)");
  assertEquals(busyRows([outcome]).map((row) => row.slice(1)), [
    ["refrain x", "1.00 s", "2.00 s", "2.00 (2.00–2.00)", "–", "–"],
    ["PyTorch x", "2.00 s", "4.00 s", "2.00 (2.00–2.00)", "0.50 (0.50–0.50)", "0.50 (0.50–0.50)"],
    ["counters x", "–", "–", "2.00 (2.00–2.00)", "–", "–"],
  ]);
});

Deno.test("what has an embedding is held to refrain's model with one", async () => {
  // What it says first depends on the files that it is given.
  const says = `const losses = Deno.args.some((arg) => arg.endsWith("-embedding")) ? [3] : [4];
    console.log(JSON.stringify({ version: "any", losses }));
    for await (const _ of Deno.stdin.readable) console.log('{"seconds":[1]}');`;
  const command = [Deno.execPath(), "eval", says, "--"];
  const plain: System = { name: "refrain", family: "refrain", kinds: ["training"], command };
  const systems = [plain, { ...plain, name: "embed", family: "PyTorch", embedding: true }];
  const effort = { ...EFFORT, rounds: 1, spinners: 0, check: 1 };
  const { measured, faults } = await measure("H", WORKLOAD, { systems, path: "unused", effort });
  assertEquals([measured.length, faults], [2, []]);
  const wrong = [plain, { ...systems[1]!, command: standIn("x", [4], 1).command }];
  const other = await measure("H", WORKLOAD, { systems: wrong, path: "unused", effort });
  assertEquals(other.faults, ["H: embed: the loss of step 1 is 4, refrain's is 3"]);
});
