/**
 * Whom refrain is timed beside, and how each is started. Versions of packages stand in the peers' own files.
 *
 * @module
 */
import { TURBO } from "../harness.ts";
import type { WorkloadFile } from "./workload_files.ts";

/** A system, in one way of using it. */
export interface System {
  name: string;
  /** Ways of using one system have one family, of which the best is found. */
  family: string;
  kinds: readonly WorkloadFile["kind"][];
  /** Whether its model has an embedding of size H before the layer: it is held to refrain's with one. */
  embedding?: boolean;
  /** Threads, where it has not as many as all others. */
  threads?: number;
  /** Whether it only counts: it has no result to compare, and its seconds are of no work that others do. */
  counts?: boolean;
  /** The command, and what goes before the flags that all take. */
  command: readonly string[];
}

/** What of the command line says who runs. */
export interface Choice {
  /** refrain's device. */
  device: string;
  /** PyTorch's. */
  torchDevice: string;
  /** Whether they are timed beside a busy process too: threads of PyTorch that spin while they wait suffer there. */
  busy: boolean;
  /** Families, in small letters. */
  peers: readonly string[];
  /** The Python that has torch and jax; for each the first of some that do, where none is named. */
  python: string | undefined;
}

const PYTHONS = ["python3", "/usr/bin/python3", "/usr/local/bin/python3", "python"];
const BOTH = ["training", "generation"] as const;

function deno(file: string, args: readonly string[] = [], flags: readonly string[] = []): string[] {
  // Without the lock file: the peers' packages are no part of the project.
  return [Deno.execPath(), "run", "-A", "--no-lock", ...flags, new URL(file, import.meta.url).href, ...args];
}

async function succeeds(python: string, test: string): Promise<boolean> {
  try {
    const command = new Deno.Command(python, { args: ["-c", test], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** The Python that passes a test, the named one or the first of some; undefined with a line that says so. */
async function findPython(
  named: string | undefined,
  what: string,
  test: string,
): Promise<string | undefined> {
  const candidates = named === undefined ? PYTHONS : [named];
  for (const candidate of candidates) if (await succeeds(candidate, test)) return candidate;
  console.error(`${what} is left out: none of ${candidates.join(", ")} has it`);
  return undefined;
}

async function jax({ python }: Choice): Promise<System[]> {
  const found = await findPython(python, "JAX with optax", "import jax, optax");
  const script = decodeURIComponent(new URL("jax_workload.py", import.meta.url).pathname);
  return found ? [{ name: "JAX", family: "JAX", kinds: BOTH, command: [found, script] }] : [];
}

async function pytorch({ python, torchDevice, busy }: Choice): Promise<System[]> {
  const found = torchDevice === "cuda"
    ? await findPython(python, "PyTorch with CUDA", "import torch; assert torch.cuda.is_available()")
    : await findPython(python, "PyTorch", "import torch");
  if (!found) return [];
  const script = decodeURIComponent(new URL("pytorch.py", import.meta.url).pathname);
  const variant = (name: string, kinds: System["kinds"]): System => ({
    name: `PyTorch ${name}`,
    family: "PyTorch",
    kinds,
    command: [found, script, "--variant", name.replace("-", ""), "--device", torchDevice],
  });
  const asleep = ({ name, command, ...rest }: System): System => ({
    ...rest,
    name: `${name}, asleep`,
    command: [...command, "--asleep"],
  });
  const byHand = [variant("one-hot", BOTH), variant("gather", BOTH)];
  // On a GPU a loop over time steps loses to cuDNN; for characters one by one there is no way round it.
  return torchDevice === "cuda"
    ? [variant("one-hot", BOTH), variant("library", ["training"]), variant("gather", ["generation"])]
    : [
      ...byHand,
      { ...variant("embed", ["training"]), embedding: true },
      ...(busy ? byHand.map(asleep) : []),
    ];
}

/** The families that there may be. */
export const PEERS = ["turbo", "pytorch", "jax", "tfjs", "onnxruntime"] as const;

/** refrain, and the peers that are there. */
export async function systemsOf(choice: Choice): Promise<System[]> {
  const own: System = {
    name: `refrain ${choice.device}`,
    family: "refrain",
    kinds: BOTH,
    command: deno("refrain.ts", ["--device", choice.device]),
  };
  const onWasm = ["--device", "wasm"];
  const families: Record<typeof PEERS[number], () => Promise<System[]> | System[]> = {
    turbo: () => [{
      ...own,
      name: "refrain turbo",
      family: "turbo",
      command: deno("refrain.ts", onWasm, [TURBO]),
    }],
    pytorch: () => pytorch(choice),
    jax: () => jax(choice),
    tfjs: () => [{
      name: "TensorFlow.js",
      family: "TensorFlow.js",
      kinds: BOTH,
      command: deno("tfjs.ts", ["--device", choice.device]),
    }],
    onnxruntime: () =>
      ["step-1", "step-2", "loop-1", "loop-2"].map((variant): System => ({
        name: `onnxruntime ${variant.replace("-", ", threads ")}`,
        family: `onnxruntime ${variant.split("-")[0]}`,
        kinds: ["generation"],
        command: deno("onnxruntime.ts", ["--variant", variant]),
      })),
  };
  const systems = [own];
  for (const peer of choice.peers) systems.push(...await families[peer as typeof PEERS[number]]());
  return systems;
}
