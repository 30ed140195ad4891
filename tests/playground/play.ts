/** What a page does to the engine: it sends a request and gathers the answers to it. @module */
import type { Answer, Request } from "../../tools/playground/protocol.ts";
import type { Page } from "../browser/playwright.ts";

/** Starts the page's engine once more, beside that of the page, and has it take requests from here. */
const START = `(() => {
  const text = (id) => globalThis.kept?.[id];
  const url = text("engine") === undefined ? "engine.js" : URL.createObjectURL(
    new Blob([text("kernels"), "\\n", text("engine")], { type: "text/javascript" }));
  const worker = new Worker(url);
  globalThis.asks = (request) => new Promise((resolve, reject) => {
    const answers = [];
    worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
    worker.onmessage = ({ data }) => {
      if (data.id !== request.id) return;
      if (data.kind === "saved") data.bytes = Array.from(new Uint8Array(data.bytes));
      answers.push(data);
      if (["opened", "inspected", "saved", "done", "error"].includes(data.kind)) resolve(answers);
    };
    worker.postMessage(request);
  });
})()`;

/** Keeps what a file carries, as its page lets go of it; to be run before its scripts. */
export const KEEP = `addEventListener("readystatechange", () => {
  if (document.readyState !== "interactive" || globalThis.kept) return;
});
new MutationObserver(() => {
  for (const id of ["kernels", "engine", "model"]) {
    const text = document.getElementById(id)?.textContent;
    if (text) (globalThis.kept ??= {})[id] = text;
  }
}).observe(document, { childList: true, subtree: true });`;

/** Starts an engine for {@linkcode ask}. */
export async function startEngine(page: Page): Promise<void> {
  await page.evaluate(START);
}

/** Asks the engine, and gives all that it answers. */
export async function ask<R extends Request>(page: Page, request: R): Promise<Answer[]> {
  const answers = await page.evaluate<Answer[]>(`asks(${JSON.stringify(request)})`);
  const error = answers.find((answer) => answer.kind === "error");
  if (error?.kind === "error") throw new Error(error.message);
  return answers;
}
