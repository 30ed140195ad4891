/**
 * parseArgs() of @std/cli, and its stand-in where no deno.json says what that name means: the command that `deno install
 * -g` makes of a clone reads none.
 *
 * @module
 */
import { grantingAdvice, grantingFlag, isGranted } from "../files/permissions.ts";
import { ownPath } from "./own_path.ts";

type Module = typeof import("@std/cli/parse-args");

const STAND_IN = import.meta.url.replace(/src\/(cli\/parse_args\.\w+)$/, "tools/std/$1");

/** Splits command line arguments into flags and the rest. */
export const { parseArgs }: Module = await import("@std/cli/parse-args")
  .catch((reason: unknown) => import(STAND_IN).catch(() => refusal(reason)));

/** What says why there is no module when it is used: then errors are sentences. */
function refusal(reason: unknown): Module {
  const path = ownPath(STAND_IN);
  // What is published for JSR has no stand-in: there the first reason counts.
  if (path === undefined || isGranted("read", path)) throw reason;
  const advice = grantingAdvice([grantingFlag("read", [path])]);
  const error = new RangeError(`Cannot read "${path}": ${advice}, or install with --config deno.json`);
  return {
    parseArgs: () => {
      throw error;
    },
  };
}
