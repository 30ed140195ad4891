/**
 * Makes the golden files anew: runs every script beside this one that writes them.
 *
 *     deno run -A tests/golden/make.ts
 *
 * takes `python3`, or the Python that REFRAIN_PYTHON names; torch and safetensors must be installed there.
 *
 * @module
 */
const SCRIPTS = [
  "generate",
  "generate_cells",
  "generate_cell_forms",
  "generate_parts",
  "generate_optimizers",
  "generate_accumulation",
  "generate_losses",
  "generate_from_python",
  "generate_forms",
  "generate_evaluations",
];

/** Runs a program in the clone's root, and ends with its code where it fails. */
async function run(program: string, ...args: string[]): Promise<void> {
  const cwd = new URL("../../", import.meta.url);
  const { code } = await new Deno.Command(program, { args, cwd }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

const python = Deno.env.get("REFRAIN_PYTHON") ?? "python3";
for (const script of SCRIPTS) await run(python, `tests/golden/${script}.py`);
await run(Deno.execPath(), "run", "-A", "tests/golden/safetensors_verdicts.ts");
