/** What playwright.ts says of npm's `playwright-core` is what its own types say. @module */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { MODULES } from "../support/npm.ts";

/** The package's own types, as those of playwright.ts. */
const PROOF = `import * as own from "npm:${MODULES["playwright-core"]}";
import type { Playwright } from "${new URL("playwright.ts", import.meta.url)}";
export const known: Playwright = own;
`;

Deno.test("what tests use of playwright-core has its own types", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await Deno.writeTextFile(`${cwd}/deno.json`, "{}");
  await Deno.writeTextFile(`${cwd}/proof.ts`, PROOF);
  const deno = (...args: string[]): Promise<Deno.CommandOutput> =>
    new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" } }).output();
  const reached = await deno("cache", "-q", `npm:${MODULES["playwright-core"]}`);
  if (!reached.success && Deno.env.get("REFRAIN_RUNTIMES") !== "required") {
    console.warn(`warning: the types of ${MODULES["playwright-core"]} are not tested: npm cannot be reached`);
    return;
  }
  const { success, stderr } = await deno("check", "-q", "proof.ts");
  assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
});
