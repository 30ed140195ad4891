/**
 * The engine: a worker that has the model, so that the page's own thread only draws.
 *
 * @module
 */
import type { Answer, Request } from "../protocol.ts";
import { answer, type Said } from "./answers.ts";
import { Gate } from "./gate.ts";

/** A request that is under way. */
interface Under {
  readonly kind: Request["kind"];
  readonly ended: AbortController;
  readonly gate: Gate;
  over: Promise<void>;
}

/** What is under way, by its id. */
const calls = new Map<number, Under>();
/** What a request ends before it begins: none of these would survive it. */
const ENDS: Partial<Record<Request["kind"], readonly Request["kind"][]>> = {
  open: ["open", "adopt", "generate", "inspect"],
  adopt: ["open", "adopt", "generate", "inspect"],
  train: ["train", "save"],
};
const port = globalThis as unknown as {
  onmessage: (event: { data: Request }) => void;
  postMessage(answer: Answer, transfer: Transferable[]): void;
};

port.onmessage = ({ data: request }): void => {
  if ("target" in request) return steer(request);
  const { kind } = request;
  const before = [...calls.values()].filter((call) => ENDS[kind]?.includes(call.kind));
  before.forEach(end);
  const call = { kind, ended: new AbortController(), gate: new Gate(), over: Promise.resolve() };
  calls.set(request.id, call);
  call.over = serve(request, call, before.map(({ over }) => over));
};

/** Does to another request what is asked; one that has ended needs nothing. */
function steer({ kind, target }: Request & { target: number }): void {
  const call = calls.get(target);
  if (!call) return;
  if (kind === "stop") end(call);
  else if (kind === "pause") call.gate.shut();
  else call.gate.open();
}

function end({ ended, gate }: Under): void {
  ended.abort();
  gate.open();
}

async function serve(
  request: Request,
  { ended: { signal }, gate }: Under,
  before: readonly Promise<void>[],
): Promise<void> {
  const { id } = request;
  const say = (said: Said, transfer: Transferable[] = []): void =>
    port.postMessage({ ...said, id } as Answer, transfer);
  try {
    await Promise.all(before);
    signal.throwIfAborted();
    await answer(request, { say, signal, gate });
  } catch (error) {
    if (signal.aborted) say({ kind: "done", stopped: true });
    else say({ kind: "error", message: error instanceof Error ? error.message : String(error) });
  } finally {
    calls.delete(id);
  }
}
