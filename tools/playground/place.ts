/**
 * Where the page is: a server has its engine as a resource, a file carries it, and its model, in elements that no browser
 * runs.
 *
 * @module
 */
import type { Answer, Request } from "./protocol.ts";

/** The engine, started. */
export interface Engine {
  send(request: Request, transfer?: Transferable[]): void;
  onanswer: (answer: Answer) => void;
  /** Told where the worker did not start. */
  onfailure: (message: string) => void;
}

/** The text of an element, which is let go: it may be large. */
function taken(id: string): string | undefined {
  const element = document.getElementById(id);
  const text = element?.textContent ?? undefined;
  element?.remove();
  return text;
}

/** Starts the engine. */
export function startEngine(): Engine {
  const code = taken("engine");
  const url = code === undefined
    ? "engine.js"
    : URL.createObjectURL(new Blob([taken("kernels")!, "\n", code], { type: "text/javascript" }));
  const worker = new Worker(url);
  const engine: Engine = {
    send: (request, transfer = []) => worker.postMessage(request, transfer),
    onanswer: () => {},
    onfailure: () => {},
  };
  worker.onmessage = ({ data }): void => engine.onanswer(data);
  worker.onerror = (event): void => engine.onfailure(event.message ?? "the worker did not start");
  return engine;
}

/** The model that the page carries; undefined where a server has it. */
export function carriedModel(): { name: string; bytes: ArrayBuffer } | undefined {
  const text = taken("model");
  if (text === undefined) return undefined;
  const { name } = JSON.parse(taken("run")!);
  return { name, bytes: bytesOf(text).buffer };
}

/** The bytes of base64; of damaged text those before the damage, of which the engine says that they are cut off. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return decoded(text);
  } catch {
    const damage = text.search(/[^A-Za-z0-9+/]/);
    const whole = damage < 0 ? text.length : damage;
    return decoded(text.slice(0, whole - whole % 4));
  }
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
