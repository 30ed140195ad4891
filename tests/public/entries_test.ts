/** The package's entries: what each is for, and names that hide none of the platform's. @module */
import { assertEquals } from "@std/assert";
import * as users from "../../mod.ts";
import * as makers from "../../src/kernels_entry.ts";
import { importsOf, readText } from "../support/source_files.ts";

/** Names that a file exports, types among them. */
function exportsOf(path: string): string[] {
  const lists = readText(path)!.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [...lists].flatMap(([, list]) =>
    list!.split(",").map((name) => name.replace(/^\s*(type )?(\w+ as )?/, "").trim()).filter(Boolean)
  );
}

const USERS = exportsOf("mod.ts");
const MAKERS = exportsOf("src/kernels_entry.ts");
const EXCHANGERS = exportsOf("src/exchange.ts");

Deno.test("deno.json exports all entries, and checks the documentation of all", () => {
  const { exports, imports, tasks } = JSON.parse(readText("deno.json")!);
  assertEquals(exports, {
    ".": "./mod.ts",
    "./kernels": "./src/kernels_entry.ts",
    "./exchange": "./src/exchange.ts",
    "./serve": "./src/serve.ts",
    "./mpi": "./src/mpi.ts",
  });
  for (const [entry, path] of Object.entries(exports)) {
    assertEquals(imports[`@refrain/refrain${entry.slice(1)}`], path);
  }
  for (const path of Object.values<string>(exports)) {
    assertEquals(tasks.doc.command.includes(path.slice(2)), true, `${path} in deno task doc`);
  }
});

Deno.test("the table, programs and ranges belong to makers of layers", () => {
  const theirs = ["KERNELS", "KernelName", "Buffers", "Params", "Program", "Part"];
  const ours = ["TapeBuilder", "Accumulator", "ParameterRange", "ParameterStorage"];
  assertEquals([...theirs, ...ours].filter((name) => !MAKERS.includes(name)), []);
  assertEquals([...theirs, ...ours].filter((name) => USERS.includes(name)), []);
  assertEquals(Object.keys(makers).sort(), MAKERS.filter((name) => name in makers).sort());
});

Deno.test("what both entries export is the same", () => {
  const both = Object.keys(users).filter((name) => name in makers);
  assertEquals(both, ["Module", "Parameter", "Tensor"]);
  for (const name of both) {
    assertEquals((users as Record<string, unknown>)[name], (makers as Record<string, unknown>)[name]);
  }
});

/** All files that a file imports, whenever that is, without the command line. */
function graphOf(path: string, seen: Set<string> = new Set()): Set<string> {
  seen.add(path);
  for (const { path: target } of importsOf(path)) {
    if (!seen.has(target) && !target.startsWith("src/cli/")) graphOf(target, seen);
  }
  return seen;
}

Deno.test("readers of other frameworks' files are the entry's of their own, not even loaded later by the first", () => {
  assertEquals(EXCHANGERS.filter((name) => USERS.includes(name)), []);
  const theirs = /^src\/exchange(\.ts|\/(import|export)_model)/;
  assertEquals([...graphOf("src/exchange.ts")].filter((path) => theirs.test(path)).length > 50, true);
  assertEquals([...graphOf("mod.ts")].filter((path) => theirs.test(path)), []);
});

Deno.test("no exported name hides one of the DOM's", () => {
  const dom = ["Range", "Storage", "Node", "Element", "Event", "Document", "Text", "Selection", "Option"];
  assertEquals(
    [...USERS, ...MAKERS, ...EXCHANGERS].filter((name) => dom.includes(name) || name in globalThis),
    [],
  );
});

Deno.test("LYRICS is one constant, which bundlers leave out where it is not used", () => {
  assertEquals(users.LYRICS.includes("不分开"), true);
  const code = readText("src/data/lyrics.ts")!.replace(/\/\*\*.*?\*\//gs, "").trim();
  assertEquals(/^export const LYRICS: string = `[^`$\\]*`;$/.test(code), true);
});
