// A stand-in for jsr:@std/cli where only the npm registry can be reached.
export { parseArgs } from "./parse_args.ts";
