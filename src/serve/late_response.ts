/**
 * A response that begins before there is anything to send: who leaves meanwhile is noticed by its body alone, as Deno tells
 * of the request itself only where it is short.
 *
 * @module
 */

/** Sends a part; it waits while whoever reads is slow, and throws once nobody reads. */
export type SendText = (text: string) => Promise<void>;

/**
 * Makes the response.
 *
 * @param type Its `content-type`.
 * @param write Sends the parts; what it throws breaks the response off.
 * @param left Is told that nobody reads any more.
 * @returns The response, at once.
 */
export function lateResponse(
  type: string,
  write: (send: SendText) => Promise<void>,
  left: () => void,
): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  writer.closed.catch(left);
  const send: SendText = async (text) => {
    await writer.ready;
    writer.write(encoder.encode(text)).catch(() => {}); // which `left` is told of
  };
  const run = async (): Promise<void> => {
    try {
      await write(send);
      await writer.close();
    } catch (error) {
      await writer.abort(error);
    }
  };
  run().catch(() => {}); // nobody reads any more
  return new Response(readable, { headers: { "content-type": type } });
}
