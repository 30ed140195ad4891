/** What lies at the top of the project: the package, its papers, and what makes and proves it. @module */
import { assertEquals } from "@std/assert";
import { entriesOf, readText } from "./support/source_files.ts";

const PAPERS = "ARCHITECTURE CHANGELOG CONTRIBUTING PERFORMANCE README README.zh-CN".split(" ");
const FILES = ["LICENSE", "deno.json", "deno.lock", "mod.ts"];
const FOLDERS = "assembly bench examples findings src tests tools wgsl".split(" ");

Deno.test("nothing lies at the top but the package, its papers, and what makes and proves it", () => {
  const uncommitted = [...readText(".gitignore")!.split("\n"), "node_modules/"];
  const found = entriesOf("").filter((entry) =>
    !entry.startsWith(".") && !entry.endsWith(".tgz") && !uncommitted.includes(entry)
  );
  const known = [...PAPERS.map((name) => `${name}.md`), ...FILES, ...FOLDERS.map((name) => `${name}/`)];
  assertEquals(found, known.sort());
});
