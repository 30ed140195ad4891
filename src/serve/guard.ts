/**
 * Who is answered: programs of this machine, the page that came from here, and whoever has the token. Pages of others, and
 * names of others that lead here, are not.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";
import type { Route } from "./routes.ts";

/** Who may ask. */
export interface Guarded {
  /** What `Authorization: Bearer` must carry, on every route that is not open. */
  readonly token?: string | undefined;
  /** What `Host` may be, each with its port. */
  readonly hosts?: readonly string[] | undefined;
}

/** Names of this machine, with any port. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Checks where a request comes from, before anything of it is read.
 *
 * @param request The request.
 * @param guarded Who may ask: without a token and names, whoever calls this machine by its loopback address.
 * @throws {ApiError} If it was sent to another host (421), or by a page of another origin (403).
 */
export function checkSource(request: Request, { token, hosts }: Guarded): void {
  const host = (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();
  const known = hosts ? hosts.includes(host) : token !== undefined || LOOPBACK.test(host);
  if (!known) throw new ApiError(421, "Cannot answer for this host: it is none of this server's names");
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new ApiError(403, "Cannot answer a page of another origin");
  }
}

/**
 * Checks what a route asks of a request.
 *
 * @param request The request.
 * @param route The route.
 * @param guarded The token, if there is one.
 * @throws {ApiError} If the token is missing or wrong (401), or its body is not JSON (415).
 */
export async function checkRequest(
  request: Request,
  { open = false, method }: Route,
  { token }: Guarded,
): Promise<void> {
  if (token !== undefined && !open) {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (given === undefined || !await isSame(given, token)) {
      throw new ApiError(401, "Cannot answer without the server's token: send it as Authorization: Bearer", {
        code: "invalid_api_key",
        headers: { "www-authenticate": "Bearer" },
      });
    }
  }
  const type = request.headers.get("content-type") ?? "";
  if (method === "POST" && !/^application\/json *(;|$)/i.test(type)) {
    throw new ApiError(415, "Cannot read a body that is not application/json");
  }
}

/** Compares two texts in a time that does not tell where they differ. */
async function isSame(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [a, b].map(async (text) =>
      new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))
    ),
  );
  let difference = 0;
  for (const [index, byte] of one!.entries()) difference |= byte ^ other![index]!;
  return difference === 0;
}
