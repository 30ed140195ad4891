/**
 * A response that comes in parts: server-sent events, each a line of JSON.
 *
 * @module
 */
import { lateResponse } from "./late_response.ts";

/** Sends one event; it waits while whoever reads is slow, and throws once nobody reads. */
export type Send = (data: unknown) => Promise<void>;

/**
 * Makes a response of events, `[DONE]` behind the last.
 *
 * @param write Sends the events; what it throws is the stream's last event, by `failed`.
 * @param options What becomes of an error, and who is told that nobody reads any more.
 * @returns The response, at once.
 */
export function eventStream(
  write: (send: Send) => Promise<void>,
  { failed, left }: { failed: (error: unknown) => unknown; left: () => void },
): Response {
  return lateResponse("text/event-stream; charset=utf-8", async (sendText) => {
    const send: Send = (data) => sendText(`data: ${JSON.stringify(data)}\n\n`);
    try {
      await write(send);
      await sendText("data: [DONE]\n\n");
    } catch (error) {
      await send(failed(error));
    }
  }, left);
}
