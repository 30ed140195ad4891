/** `deno task golden`: which Python it takes. @module */
import { assertEquals } from "@std/assert";

Deno.test({
  name: "deno task golden takes the Python that REFRAIN_PYTHON names, and ends with its code",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const python = `${folder}/python`;
      await Deno.writeTextFile(python, `#!/bin/sh\necho "$@" >> ${folder}/called\nexit 3\n`, { mode: 0o755 });
      const { code } = await new Deno.Command(Deno.execPath(), {
        args: ["task", "golden"],
        cwd: new URL("../../", import.meta.url),
        env: { REFRAIN_PYTHON: python },
        stdout: "null",
        stderr: "null",
      }).output();
      assertEquals([code, await Deno.readTextFile(`${folder}/called`)], [3, "tests/golden/generate.py\n"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
