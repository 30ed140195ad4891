/** What holds the share of branches that tests take. @module */
import { assertEquals } from "@std/assert";
import { branchesOf, judge } from "../../tools/coverage.ts";

const record = (file: string, times: string[]): string =>
  [
    `SF:/here/${file}`,
    "FN:1,f",
    ...times.map((count, index) => `BRDA:${index + 1},0,0,${count}`),
    "DA:1,7",
    "end_of_record",
  ].join("\n");

Deno.test("a group of which too few branches are taken is named, and so are their lines", () => {
  const taken = Array<string>(19).fill("3");
  const report = [
    record("src/a.ts", [...taken, "0"]),
    record("src/b.ts", [...taken, "0", "-"]),
    record("src/c.ts", []),
  ].join("\n");
  const branches = branchesOf(report, "/here/");
  assertEquals(branches[1], { file: "src/b.ts", all: 21, missed: [20, 21] });
  assertEquals(judge(branches, { "enough": /a\.ts$/, "too few": /b\.ts$/, "none": /d\.ts$/ }), {
    lines: [
      "enough: 19 of 20 branches, 95.0 %",
      "  src/a.ts: lines 20",
      "too few: 19 of 21 branches, 90.5 %",
      "  src/b.ts: lines 20, 21",
      "none: 0 of 0 branches, 0.0 %",
    ],
    below: ["too few", "none"],
  });
});
