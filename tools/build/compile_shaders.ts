/**
 * Every shader compiled by this machine's WebGPU, where there is one.
 *
 * @module
 */
import { withoutSockets } from "../../src/device/webgpu/environment.ts";
import { softwareLanes } from "../../src/device/webgpu/software.ts";
import { unrolled } from "../../src/device/webgpu/unrolled.ts";
import { type Line, refuse, textOf } from "./shaders.ts";

/**
 * Compiles shaders.
 *
 * @param shaders Lines by name.
 * @returns What is wrong, a sentence each with its file and line in front; nothing where there is no adapter.
 */
export async function compileShaders(shaders: Readonly<Record<string, readonly Line[]>>): Promise<string[]> {
  const adapter = await withoutSockets(async () => await navigator.gpu?.requestAdapter());
  if (!adapter) return [];
  const software = softwareLanes(adapter) > 0;
  const gpu = await adapter.requestDevice({ requiredFeatures: software ? ["subgroups"] : [] });
  const mistakes = new Set<string>(); // a file that many shaders use is told once
  for (const [name, rolled] of Object.entries(shaders)) {
    const lines = unrolled(rolled, refuse);
    if (/\.(software|narrow)$/.test(name) && !software) continue; // these need subgroups
    gpu.pushErrorScope("validation");
    const module = gpu.createShaderModule({ label: name, code: textOf(lines) });
    const { messages } = await module.getCompilationInfo();
    await gpu.popErrorScope();
    for (const message of messages.filter(({ type }) => type === "error")) {
      mistakes.add(`${placeOf(message, name, lines)}: ${sentenceOf(message)}`);
    }
  }
  gpu.destroy();
  return [...mistakes];
}

/**
 * Where a message belongs. The driver counts the lines of the composed text from 1; of a whole function that is wrong it
 * names the first, and its excerpt marks the one that matters.
 */
function placeOf({ lineNum, message }: GPUCompilationMessage, name: string, lines: readonly Line[]): string {
  const marked = /^ *(\d+) │.*\n +│[^\n]*\^/m.exec(message)?.[1];
  return lines[(marked ? parseInt(marked) : lineNum) - 1]?.from ?? `shader ${name}`;
}

/** What a message says, without the excerpt and the driver's own numbers of functions and expressions. */
function sentenceOf({ message }: GPUCompilationMessage): string {
  const text = message.trim().replace(/^Shader ('.*' )?(parsing|validation) error: /, "");
  const [sentence] = text.split("\n");
  const marks = [...text.matchAll(/\^ ((?!naga::).+)$/gm)].map(([, mark]) => mark);
  const notes = [...text.matchAll(/^ += (.+)$/gm)].map(([, note]) => note);
  return [sentence, ...marks, ...notes].join("; ").replace(/ \[\d+\]/g, "");
}
