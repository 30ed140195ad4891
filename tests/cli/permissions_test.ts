/** What the program touches of the machine: no stranger's socket, and no permission that it was not given. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { findAdapter } from "../../src/device/webgpu.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SOCKET = "/tmp/wayland-0";

/** A run of `deno` without the variable, and with as many permissions as the arguments say. */
async function deno(args: string[], cwd = ROOT): Promise<[code: number, stdout: string, stderr: string]> {
  const { XDG_RUNTIME_DIR: _, ...others } = Deno.env.toObject();
  const env = { ...others, NO_COLOR: "1" };
  const options = { args, cwd, env, clearEnv: true, stdin: "null" } as const;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
}

async function isFree(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => false, () => true);
}

Deno.test({
  name: "a socket that waits in /tmp is not connected to, and the driver is quiet",
  ignore: Deno.build.os !== "linux" || !await isFree(SOCKET) || !await findAdapter(),
  fn: async () => {
    const listener = Deno.listen({ transport: "unix", path: SOCKET });
    let connections = 0;
    const counting = (async () => {
      for await (const connection of listener) {
        connections++;
        connection.close();
      }
    })();
    try {
      const search = `import { findAdapter } from "./src/device/webgpu.ts";
        const adapter = await findAdapter();
        console.log(adapter !== null, Deno.env.get("XDG_RUNTIME_DIR"));
        (await adapter.requestDevice()).destroy();`;
      assertEquals(await deno(["eval", "--no-check", search]), [0, "true undefined\n", ""]);
      const [code, stdout, stderr] = await deno(["run", "-A", "--no-check", "mod.ts", "info"]);
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /\nwebgpu +WebGPU, /);
      assertEquals(connections, 0);
    } finally {
      listener.close();
      await counting;
      await Deno.remove(SOCKET).catch(() => {}); // closing it may have done so
    }
  },
});

Deno.test("a runtime folder that is set is left alone", async () => {
  const before = Deno.env.get("XDG_RUNTIME_DIR");
  Deno.env.set("XDG_RUNTIME_DIR", "/dev/null/mine");
  try {
    await findAdapter();
    assertEquals(Deno.env.get("XDG_RUNTIME_DIR"), "/dev/null/mine");
  } finally {
    if (before === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
    else Deno.env.set("XDG_RUNTIME_DIR", before);
  }
});

Deno.test("--version and help need no permission", async () => {
  for (
    const [args, expected] of [[["--version"], /^refrain \d/], [
      ["train", "--help"],
      /^Train a model /,
    ]] as const
  ) {
    const [code, stdout, stderr] = await deno(["run", "--no-prompt", "--no-check", "mod.ts", ...args]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, expected);
  }
});

Deno.test("what lacks a permission says so in one sentence, and a training that has what it needs works", async () => {
  await using folder = await temporaryFolder();
  const size = ["--hidden-size", "4", "--epochs", "1", "--device", "wasm", "--threads", "1", "--length", "3"];
  const run = (permissions: string[], args: string[]): Promise<[number, string, string]> =>
    deno(["run", "--no-prompt", "--no-check", ...permissions, `${ROOT}mod.ts`, ...args], folder.path);
  for (const args of [["info"], ["train", ...size], ["generate"]]) {
    const [code, , stderr] = await run([], args);
    assertEquals(code, 1, args[0]);
    const ours = stderr.replaceAll(/^.*XDG_RUNTIME_DIR.*\n/gm, ""); // the driver complains where nobody may set it
    assertMatch(ours, /^error: .*(read|write) access.*--allow-(read|write).*\n$/, args[0]);
  }
  const [code, , stderr] = await run(["--allow-read", "--allow-write"], ["train", ...size, "--out", "run"]);
  assertEquals([code, stderr], [0, ""]);
});
