/**
 * The engine: a worker that has the model, so that the page's own thread only draws.
 *
 * @module
 */
import type { Answer, Request } from "../protocol.ts";
import { answer, type Said } from "./answers.ts";

/** What is under way, by its id. */
const calls = new Map<number, { kind: Request["kind"]; ended: AbortController; over: Promise<void> }>();
/** What a request ends before it begins: none of these would survive it. */
const ENDS: Partial<Record<Request["kind"], readonly Request["kind"][]>> = {
  open: ["generate", "inspect", "save"],
  adopt: ["generate", "inspect", "save"],
  train: ["train"],
};
const port = globalThis as unknown as {
  onmessage: (event: { data: Request }) => void;
  postMessage(answer: Answer, transfer: Transferable[]): void;
};

port.onmessage = ({ data: request }): void => {
  if (request.kind === "stop") return calls.get(request.target)?.ended.abort();
  const { id, kind } = request;
  const ended = new AbortController();
  const before = [...calls.values()].filter((call) => ENDS[kind]?.includes(call.kind));
  for (const call of before) call.ended.abort();
  const over = serve(request, { ended, before: before.map((call) => call.over) });
  calls.set(id, { kind, ended, over });
};

async function serve(
  request: Request,
  { ended: { signal }, before }: { ended: AbortController; before: Promise<void>[] },
): Promise<void> {
  const { id } = request;
  const say = (said: Said, transfer: Transferable[] = []): void =>
    port.postMessage({ ...said, id } as Answer, transfer);
  try {
    await Promise.all(before);
    signal.throwIfAborted();
    await answer(request, { say, signal });
  } catch (error) {
    if (signal.aborted) say({ kind: "done", stopped: true });
    else say({ kind: "error", message: error instanceof Error ? error.message : String(error) });
  } finally {
    calls.delete(id);
  }
}
