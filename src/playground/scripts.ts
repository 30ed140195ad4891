/**
 * Scripts and data that may stand within a page: nothing in them ends their element or begins another.
 *
 * @module
 */
import { PARTS, SHADERS, WASM } from "../generated/kernels.ts";

/**
 * JSON in which no sign begins markup.
 *
 * @param data Plain data.
 * @returns JSON, which is JavaScript too.
 */
function jsonOf(data: unknown): string {
  return JSON.stringify(data).replace(/<(?=[/!s])/gi, "\\u003c");
}

/**
 * Data for a script of the page, in an element that no browser runs.
 *
 * @param id The element's id.
 * @param data Plain data.
 * @returns The element.
 */
export function dataElement(id: string, data: unknown): string {
  return `<script type="application/json" id="${id}">${jsonOf(data)}</script>`;
}

/**
 * The script that runs before the engine: the kernels, which are no part of its bundle.
 *
 * @returns JavaScript.
 */
export function kernelsScript(): string {
  return `globalThis.refrainKernels = ${jsonOf({ PARTS, SHADERS, WASM })};`;
}
