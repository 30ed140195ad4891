/** The command line on a disk where each sync takes as many milliseconds as the first argument says. @module */
import { main } from "../../src/cli/main.ts";

const [milliseconds, ...args] = Deno.args;
const { sync } = Deno.FsFile.prototype;
Deno.FsFile.prototype.sync = async function (): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
  await sync.call(this);
};
Deno.exitCode = await main(args);
