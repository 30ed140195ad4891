/** The real parseArgs() of @std/cli, from npm's copy of Deno's standard library. @module */
import { parseArgs as copy } from "npm:deno-std@1.4.0/cli/parse_args.js";
import type { parseArgs as standIn } from "@std/cli/parse-args";

/** What both are called with. */
export type Parse = typeof standIn;

/** The package's own, for which tools/std/cli stands. */
export const parseArgs: Parse = copy;
