/** Lines that people copy into a shell. @module */
import type { Result } from "./spawn.ts";

/**
 * Runs a line in a shell that knows `$'…'`, without anybody to ask. Deno is on its path; npx, which takes a second to find
 * the Deno that runs this test, is left out of the line unless `whole` is set.
 */
export async function shell(line: string, cwd: string, whole: boolean = false): Promise<Result> {
  const folder = Deno.execPath().replace(/[/\\][^/\\]*$/, "");
  const command = new Deno.Command("bash", {
    args: ["-c", whole ? line : line.replace(/\bnpx -y deno@\S+ /, "deno ")],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1", PATH: `${folder}:${Deno.env.get("PATH")}` },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
