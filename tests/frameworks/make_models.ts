/** The frameworks, pinned, and the scripts that make models with them. @module */
import type { Case } from "./compare.ts";

/** A framework, and the script that makes its models: in a Python of its own, or in Deno with packages of npm. */
interface Maker {
  /** The package that the script is told, and the name of what it writes. */
  readonly name: string;
  readonly script: string;
  /** What the Python has. */
  readonly packages?: readonly string[];
}

const MAKERS: readonly Maker[] = [
  {
    name: "keras",
    script: "keras_models.py",
    packages: ["keras==3.15.1", "jax[cpu]==0.10.2", "h5py==3.16.0", "numpy==2.4.6"],
  },
  {
    name: "tf_keras",
    script: "keras_models.py",
    packages: ["tf-keras==2.21.0", "tensorflow-cpu==2.21.0"],
  },
  { name: "tfjs", script: "tfjs_models.ts" },
  { name: "mlx", script: "mlx_models.py", packages: ["mlx[cpu]==0.32.4", "numpy==2.4.6"] },
  { name: "pytorch", script: "pytorch_models.py", packages: ["torch==2.15.0"] },
  {
    name: "onnx",
    script: "onnx_models.py",
    packages: ["torch==2.15.0", "onnx==1.23.2", "onnxscript==0.7.2", "onnxruntime==1.32.0", "numpy==2.4.6"],
  },
  { name: "paddle", script: "paddle_models.py", packages: ["torch==2.15.0", "numpy==2.4.6"] },
];

/**
 * Makes the models of each framework, where they are not made yet.
 *
 * @param folder Where they go, and the frameworks beside them.
 * @returns The cases of each framework.
 */
export async function* makeModels(folder: string): AsyncGenerator<Case[], void, void> {
  for (const { name, script, packages } of MAKERS) {
    const list = `${folder}/${name}.json`;
    if (!await Deno.stat(list).then(() => true, () => false)) {
      const path = new URL(script, import.meta.url).pathname;
      if (packages) await runPython(packages, `${folder}/venv_${name}`, path, name, folder);
      else await run(Deno.execPath(), "run", "-A", "--no-lock", path, folder);
    }
    yield JSON.parse(await Deno.readTextFile(list));
  }
}

async function runPython(packages: readonly string[], venv: string, ...args: string[]): Promise<void> {
  await run("python3", "-m", "venv", venv);
  await run(`${venv}/bin/pip`, "install", "--quiet", "--disable-pip-version-check", ...packages);
  await run(`${venv}/bin/python`, ...args);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
}
