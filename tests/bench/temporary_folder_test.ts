/** A benchmark's folder goes with it, also where a signal ends it. @module */
import { assert, assertEquals } from "@std/assert";

const MODULE = new URL("../../bench/temporary_folder.ts", import.meta.url).href;
/** Says where its folder is, and stays. */
const STAYS = `
  import { temporaryFolder } from "${MODULE}";
  const { path } = temporaryFolder();
  await Deno.writeTextFile(path + "/file", "");
  console.log(path);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `${signal} removes the folder of a benchmark`,
    ignore: Deno.build.os === "windows",
  }, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", STAYS],
      stdout: "piped",
      env: { NO_COLOR: "1" },
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let path = "";
    while (!path.endsWith("\n")) path += (await reader.read()).value ?? "";
    path = path.trim();
    assert(await exists(path));
    child.kill(signal);
    const status = await child.status;
    await reader.cancel();
    assertEquals([status.code, await exists(path)], [code, false]);
  });
}
