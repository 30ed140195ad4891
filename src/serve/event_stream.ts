/**
 * A response that comes in parts: server-sent events, each a line of JSON.
 *
 * @module
 */

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
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  writer.closed.catch(left);
  const sendText = async (text: string): Promise<void> => {
    await writer.ready;
    writer.write(encoder.encode(`data: ${text}\n\n`)).catch(() => {}); // which `left` is told of
  };
  const send: Send = (data) => sendText(JSON.stringify(data));
  const run = async (): Promise<void> => {
    try {
      await write(send);
      await sendText("[DONE]");
    } catch (error) {
      await send(failed(error));
    }
    await writer.close();
  };
  run().catch(() => {}); // nobody reads any more
  return new Response(readable, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}
