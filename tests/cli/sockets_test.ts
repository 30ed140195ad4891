/** What the program touches of the machine: no stranger's socket. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { findAdapter } from "../../src/device/webgpu.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
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
