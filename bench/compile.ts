/**
 * AssemblyScript that only measures, compiled when it is needed.
 *
 * @module
 */
const COMPILER = new URL("../tools/compile.ts", import.meta.url);

/**
 * Compiles a module that imports its memory.
 *
 * @param source AssemblyScript.
 * @param flags What asc is told beside.
 * @returns The module's bytes.
 * @throws {Error} If it does not compile.
 */
export async function compile(source: string, flags: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const args = ["run", "-A", COMPILER.href, "-O3", "--importMemory", ...flags];
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, ...pipes }).spawn();
  await new Blob([source]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(`Cannot compile a probe:\n${new TextDecoder().decode(stderr)}`);
  return stdout;
}
