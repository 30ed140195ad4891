/**
 * The playground: a page on which a model that computes in the browser itself is played with. As resources for a server, or
 * as one file that carries a model. No device, and nothing of Deno.
 *
 * @module
 */
import { PLAYGROUND } from "./generated/playground.ts";
import { UPLOT } from "./generated/uplot.ts";
import { BEGINNING, BODY, HEAD } from "./playground/beginning.ts";
import { dataElement, kernelsScript } from "./playground/scripts.ts";

/** A resource. */
export interface Resource {
  /** What it is, for the header content-type. */
  readonly type: string;
  /** Its text. */
  readonly text: string;
}

/** What a server says with each of the resources: a policy, which its workers take over, and what threads need. */
export const PLAYGROUND_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The policy in a file: nothing is fetched or sent, and scripts run that have its hashes. */
const FILE_POLICY = [
  "default-src 'none'",
  `script-src ${UPLOT.scriptHash} ${PLAYGROUND.scriptHash} 'wasm-unsafe-eval'`,
  "worker-src blob:",
  `style-src ${UPLOT.styleHash} ${PLAYGROUND.styleHash}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * The playground for a server.
 *
 * @returns Resources by path.
 *
 * @example Usage
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(playgroundFiles()["/"]!.text, "playground.js");
 * ```
 */
export function playgroundFiles(): Record<string, Resource> {
  const script = (text: string): Resource => ({ type: "text/javascript; charset=utf-8", text });
  const page =
    `${BEGINNING}<head>${HEAD}<link rel="stylesheet" href="playground.css"><script defer src="playground.js"></script></head>${BODY}</html>\n`;
  return {
    "/": { type: "text/html; charset=utf-8", text: page },
    "/playground.js": script(`${UPLOT.script}\n${PLAYGROUND.script}\n`),
    "/playground.css": { type: "text/css; charset=utf-8", text: `${UPLOT.style}\n${PLAYGROUND.style}\n` },
    "/engine.js": script(`importScripts("kernels.js");\n${PLAYGROUND.engine}\n`),
    "/kernels.js": script(kernelsScript()),
  };
}

/**
 * The playground as one file that carries a model, for a browser alone.
 *
 * @param run What the model is called, and the bytes of its file.
 * @returns HTML, which asks for nothing.
 * @throws {RangeError} If the model is larger than a page can hold.
 *
 * @example Usage
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 *
 * const page = playgroundPage({ name: "</script>", bytes: new Uint8Array(8) });
 * assertStringIncludes(page, String.raw`{"name":"\u003c/script>"}`);
 * ```
 */
export function playgroundPage({ name, bytes }: { name: string; bytes: Uint8Array }): string {
  const data = (id: string, text: string): string => `<script type="text/plain" id="${id}">${text}</script>`;
  return `${BEGINNING}<head>${HEAD}<meta http-equiv="Content-Security-Policy" content="${FILE_POLICY}"><style>${UPLOT.style}</style><style>${PLAYGROUND.style}</style></head>${BODY}
${dataElement("run", { name })}${data("model", base64Of(bytes))}${data("kernels", kernelsScript())}${
    data("engine", PLAYGROUND.engine)
  }
<script>${UPLOT.script}</script><script>${PLAYGROUND.script}</script></html>
`;
}

/** Base64 of bytes. */
function base64Of(bytes: Uint8Array): string {
  const most = 256 * 2 ** 20; // a text has 2^29 characters at most
  if (bytes.length > most) {
    throw new RangeError(
      `Cannot make a page of the model as it has ${bytes.length} bytes: a page holds ${most} at most`,
    );
  }
  const { toBase64 } = bytes as { toBase64?: () => string };
  if (toBase64) return toBase64.call(bytes);
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += 0x6000) { // a multiple of 3
    parts.push(btoa(String.fromCharCode(...bytes.subarray(from, from + 0x6000))));
  }
  return parts.join("");
}
