/** Python for tests that hold files against it: the program that REFRAIN_PYTHON names, else python3. @module */

const PROGRAM = Deno.env.get("REFRAIN_PYTHON") ?? "python3";

/**
 * Runs Python.
 *
 * @param args Its arguments.
 * @returns What it printed.
 * @throws {Error} If it fails or is not there; the message is its complaint.
 */
export async function python(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PROGRAM, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr) || "Python gave no reason");
  return new TextDecoder().decode(stdout);
}

/**
 * Whether a test goes without Python, and says so; one that REFRAIN_PYTHON names must have all.
 *
 * @param modules What the test imports.
 * @param instead What is done then.
 */
export async function lacksPython(modules: readonly string[], instead: string): Promise<boolean> {
  if (Deno.env.has("REFRAIN_PYTHON")) return false;
  const script = `from importlib.util import find_spec; exit(not all(map(find_spec, ${
    JSON.stringify(modules)
  })))`;
  const has = await python("-c", script).then(() => true, () => false);
  if (!has) console.log(`No Python with ${modules.join(", ")} here (REFRAIN_PYTHON names one): ${instead}`);
  return !has;
}
