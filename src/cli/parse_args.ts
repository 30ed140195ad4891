/**
 * parseArgs() of @std/cli, and its stand-in where no deno.json says what that name means: the command that `deno install
 * -g` makes of a clone reads none.
 *
 * @module
 */
const STAND_IN = import.meta.url.replace(/src\/(cli\/parse_args\.\w+)$/, "tools/std/$1");

/** Splits command line arguments into flags and the rest. */
export const { parseArgs }: typeof import("@std/cli/parse-args") = await import("@std/cli/parse-args")
  // What is published for JSR has no stand-in: there the first reason counts.
  .catch((reason: unknown) => import(STAND_IN).catch(() => Promise.reject(reason)));
