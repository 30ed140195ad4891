/** An older Deno is told in a sentence, by the library and by the program. @module */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { tooOld } from "../../src/device/deno_version.ts";
import { DeviceError } from "../../src/device/device.ts";
import { openDevice } from "../../src/device/open_device.ts";
import { readText } from "../support/source_files.ts";

const SENTENCE = "Cannot run in Deno 2.5.7: refrain needs Deno 2.8 or later";

Deno.test("tooOld() knows Deno before 2.8, and nothing else", () => {
  assertEquals(tooOld("Deno/2.5.7"), SENTENCE);
  for (const version of ["1.46.3", "2.0.0", "2.7.14", "2.7.0-rc.1"]) {
    assertStringIncludes(String(tooOld(`Deno/${version}`)), `in Deno ${version}:`);
  }
  const others = ["2.8.0", "2.9.6", "2.10.0", "3.0.0", "10.1.0"].map((version) => `Deno/${version}`);
  for (const agent of [...others, "Node.js/22", "Bun/1.3.0", "Mozilla/5.0 (X11) Chrome/156.0", ""]) {
    assertEquals(tooOld(agent), undefined, agent);
  }
});

Deno.test("both READMEs say which Deno refrain needs", () => {
  const needed = /needs (Deno [\d.]+)/.exec(tooOld("Deno/2.0.0")!)![1]!;
  for (const path of ["README.md", "README.zh-CN.md"]) assertStringIncludes(readText(path)!, needed, path);
});

/** Runs `body` while the runtime calls itself Deno 2.5.7. */
async function inOldDeno<R>(body: () => Promise<R>): Promise<R> {
  Object.defineProperty(navigator, "userAgent", { value: "Deno/2.5.7", configurable: true });
  try {
    return await body();
  } finally {
    delete (navigator as { userAgent?: string }).userAgent; // the prototype's is seen again
  }
}

Deno.test("openDevice() refuses an older Deno", async () => {
  await inOldDeno(() => assertRejects(() => openDevice("wasm"), DeviceError, SENTENCE));
  using device = await openDevice("wasm", { threads: 1 });
  assertEquals(device.name, "wasm");
});

Deno.test("the program refuses an older Deno", async () => {
  const program = `
    Object.defineProperty(navigator, "userAgent", { value: "Deno/2.5.7" });
    const { main } = await import(${JSON.stringify(new URL("../../src/cli/main.ts", import.meta.url).href)});
    Deno.exitCode = await main(["info"]);`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] })
    .output();
  const texts = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, ...texts], [1, "", `error: ${SENTENCE}\n`]);
});
