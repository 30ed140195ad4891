/**
 * Bodies of requests: JSON of a bounded size, which nobody trusts.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";

/** Bytes that a body may have. */
const MOST_BYTES = 2 ** 20;

/**
 * Reads a body.
 *
 * @param request The request.
 * @returns The object that it holds.
 * @throws {ApiError} If it is too large (413), or no object in JSON (400).
 */
export async function readBody(request: Request): Promise<Record<string, unknown>> {
  const text = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError(400, "Cannot read the body as it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError(400, "Cannot read the body as it is not an object");
  }
  return value as Record<string, unknown>;
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BYTES) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, "Cannot read the body as it is not whole, or not UTF-8");
  }
}

function tooLarge(): ApiError {
  return new ApiError(413, `Cannot read a body of more than ${MOST_BYTES / 2 ** 20} MiB`);
}
