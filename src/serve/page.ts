/**
 * Routes of the playground's page: open to whoever may ask, as nothing of a run is in them.
 *
 * @module
 */
import { PLAYGROUND_HEADERS, playgroundFiles } from "../playground.ts";
import type { Route } from "./routes.ts";

/**
 * The routes of the page.
 *
 * @returns `GET /` and what the page loads.
 */
export function pageRoutes(): Route[] {
  return Object.entries(playgroundFiles()).map(([path, { type, text }]): Route => ({
    method: "GET",
    path,
    open: true,
    handle: () => new Response(text, { headers: { "content-type": type, ...PLAYGROUND_HEADERS } }),
  }));
}
