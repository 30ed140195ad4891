/**
 * The Deno that refrain starts, as `--allow-run` names it.
 *
 * @module
 */

/**
 * The name by which Deno may be started.
 *
 * @param program The path of the Deno that runs.
 * @returns "deno" where that is its name, else the path: npm puts a script of that name on the PATH, which signals do not
 * pass.
 */
export function runGrant(program: string = Deno.execPath()): string {
  return /[/\\]deno(\.exe)?$/.test(program) && !/[/\\]node_modules[/\\]/.test(program) ? "deno" : program;
}
