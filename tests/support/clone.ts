/**
 * Copies of this project in folders of their own, and runs of Deno in them.
 *
 * @module
 */
import { entriesOf, filesIn } from "./source_files.ts";

const ROOT = new URL("../../", import.meta.url);

/** Where and as what a program runs. */
export interface Place {
  /** Its folder. */
  cwd: string;
  /** Its environment, beside that of the tests. */
  env?: Record<string, string>;
}

/** Runs a program, which must succeed; returns what it wrote to standard output, or to standard error. */
export async function run(
  [program = "", ...args]: string[],
  { cwd, env, take = "stdout" }: Place & { take?: "stdout" | "stderr" },
): Promise<string> {
  const all = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env };
  const command = new Deno.Command(program, { args, cwd, env: all, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const texts = { stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  if (!success) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${texts.stdout}\n${texts.stderr}`);
  }
  return texts[take];
}

/** Runs the Deno of this test. */
export async function deno(args: string[], place: Place): Promise<string> {
  return await run([Deno.execPath(), ...args], place);
}

/** Copies the tree, but for hidden entries and what deno.json excludes. */
export async function copyTree(target: string): Promise<void> {
  const { exclude } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const left = [...exclude, "node_modules/"];
  const entries = entriesOf("").filter((name) => !name.startsWith(".") && !left.includes(name));
  for (const path of entries.flatMap((name) => name.endsWith("/") ? filesIn(name) : [name])) {
    await Deno.mkdir(`${target}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(new URL(path, ROOT), `${target}/${path}`);
  }
}

/** How many bytes the files below a folder have. */
export async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    size += isDirectory ? await sizeOf(path) : (await Deno.stat(path)).size;
  }
  return size;
}
