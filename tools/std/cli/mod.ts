// A stand-in for jsr:@std/cli where JSR cannot be reached.
export { type Args, parseArgs, type ParseOptions } from "./parse_args.ts";
