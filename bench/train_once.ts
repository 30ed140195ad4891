/**
 * `train` with the arguments that follow, in a process of its own, which prints the seconds of all its threads last.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { main } from "../src/cli/main.ts";

const code = await main(["train", ...Deno.args]);
const { user, system } = cpuUsage();
console.error((user + system) / 1e6);
Deno.exit(code);
