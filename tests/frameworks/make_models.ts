/** The frameworks, pinned, and the scripts that make models with them. @module */
import type { Case } from "./compare.ts";
import { hasCargo, rustProject } from "./rust_project.ts";

/** Pythons by name, and what each has: packages that get along share one, as they are large. */
const PYTHONS = {
  jax: [
    "keras==3.15.1",
    "jax[cpu]==0.10.2",
    "flax==0.12.8",
    "h5py==3.16.0",
    "mlx[cpu]==0.32.4",
    "numpy==2.4.6",
  ],
  tensorflow: ["tf-keras==2.21.0", "tensorflow-cpu==2.21.0"],
  torch: [
    "torch==2.15.0",
    "onnx==1.23.2",
    "onnxscript==0.7.2",
    "onnxruntime==1.32.0",
    "mlx[cpu]==0.32.4",
    "numpy==2.4.6",
  ],
  paddle: ["paddlepaddle==3.3.1"],
} as const;

/** A framework, and the script that makes its models: with a Python, with cargo, or in Deno with packages of npm. */
interface Maker {
  /** The package that the script is told, and the name of what it writes. */
  readonly name: string;
  /** What the table calls it. */
  readonly title: string;
  readonly script: string;
  readonly python?: keyof typeof PYTHONS;
}

const MAKERS: readonly Maker[] = [
  { name: "keras", title: "Keras 3.15.1", script: "keras_models.py", python: "jax" },
  { name: "tf_keras", title: "tf-keras 2.21.0", script: "keras_models.py", python: "tensorflow" },
  { name: "tfjs", title: "TensorFlow.js 4.22.0", script: "tfjs_models.ts" },
  { name: "mlx", title: "MLX 0.32.4", script: "mlx_models.py", python: "jax" },
  { name: "pytorch", title: "PyTorch 2.15.0", script: "pytorch_models.py", python: "torch" },
  { name: "numpy", title: "NumPy 2.4.6", script: "numpy_models.py", python: "torch" },
  { name: "flax", title: "Flax 0.12.8", script: "flax_models.py", python: "jax" },
  { name: "burn", title: "burn 0.20, by its names", script: "burn_models.py", python: "torch" },
  { name: "rust", title: "burn 0.20.1, candle 0.11.1", script: "rust_models.rs" },
  { name: "onnx", title: "onnxruntime 1.32.0", script: "onnx_models.py", python: "torch" },
  { name: "paddle", title: "Paddle 3.3.1", script: "paddle_models.py", python: "paddle" },
];

/** The models of a framework. */
export interface Made {
  /** The framework and its version. */
  readonly title: string;
  readonly cases: readonly Case[];
}

/**
 * Makes the models of each framework, where they are not made yet.
 *
 * @param folder Where they go, and the frameworks beside them.
 * @param only Names of frameworks; without any, all.
 * @returns The cases of each framework.
 */
export async function* makeModels(folder: string, only: readonly string[]): AsyncGenerator<Made, void, void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const { name, title, script, python } of MAKERS) {
    if (only.length > 0 && !only.includes(name)) continue;
    const list = `${folder}/${name}.json`;
    if (!await exists(list)) {
      if (script.endsWith(".rs") && !await hasCargo()) {
        console.log(`${title}: there is no cargo, Rust's package manager`);
        continue;
      }
      const path = new URL(script, import.meta.url).pathname;
      if (script.endsWith(".rs")) await run("cargo", ...await rustProject(folder));
      else if (python) await run(await installed(folder, python), path, name, folder);
      else await run(Deno.execPath(), "run", "-A", "--no-lock", path, folder);
    }
    yield { title, cases: JSON.parse(await Deno.readTextFile(list)) };
  }
}

/**
 * A Python with its packages, which are installed where they are missing.
 *
 * @param folder Where it is kept.
 * @param name Which one.
 * @returns The program's path.
 */
export async function installed(folder: string, name: keyof typeof PYTHONS): Promise<string> {
  const venv = `${folder}/python_${name}`;
  const python = `${venv}/bin/python`;
  if (!await exists(python)) await run("python3", "-m", "venv", venv);
  const flags = ["--quiet", "--disable-pip-version-check", "--no-cache-dir"];
  await run(python, "-m", "pip", "install", ...flags, ...PYTHONS[name]);
  return python;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
}
