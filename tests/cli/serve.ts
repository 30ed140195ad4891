/** A server as people start it, in a folder with two runs, and what asks it. @module */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { TRAIN } from "./permission_rows.ts";
import { command, firstLine, kill, refrain } from "./spawn.ts";

/** A folder of the test's own, with a text and the runs `first` and `second`. */
export const folder = await temporaryFolder();
/** Its path. */
export const cwd: string = folder.path;

await Deno.writeTextFile(`${cwd}/text.txt`, "fa la re mi lafa remire ".repeat(20));
for (const [index, name] of ["first", "second"].entries()) {
  const own = ["--corpus", "text.txt", "--out", `runs/${name}`, "--seed", `${index}`];
  const words = ["train", ...TRAIN.split(" "), ...own];
  assertEquals((await refrain(words, { cwd })).code, 0);
}

/** A server that has said where it listens. */
export interface Started extends AsyncDisposable {
  readonly url: string;
  readonly child: Deno.ChildProcess;
  /** What it said first, with --json. */
  readonly said: { url: string; runs: string[]; token?: string };
  /** Interrupts it; gives its exit code and what it noted. */
  end(signal?: Deno.Signal): Promise<[code: number, notes: string]>;
}

/** The flags of each server. */
export const DEVICE = ["--device", "wasm", "--threads", "1", "--port", "0"];

/** Starts a server of runs; it takes a free port. */
export async function start(words: readonly string[], grants: readonly string[] = ["-A"]): Promise<Started> {
  const child = command(["serve", ...words, ...DEVICE, "--json"], { cwd, grants }).spawn();
  const notes = new Response(child.stderr).text();
  const line = await firstLine(child);
  const said = line === "" ? undefined : JSON.parse(line);
  if (said?.url === undefined) throw new Error(`${line} ${await notes}`);
  const end = async (signal: Deno.Signal = "SIGINT"): Promise<[number, string]> => {
    child.kill(signal);
    return [(await child.status).code, await notes];
  };
  return {
    url: said.url,
    said,
    child,
    end,
    async [Symbol.asyncDispose](): Promise<void> {
      kill(child);
      await child.status;
    },
  };
}

/** A completion's status and its text, or its error's sentence. */
export async function ask(
  url: string,
  fields: object,
  headers: HeadersInit = {},
  signal?: AbortSignal,
): Promise<[number, string]> {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    ...(signal ? { signal } : {}),
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ prompt: "fa", max_tokens: 9, seed: 1, ...fields }),
  });
  const { choices, error } = await response.json();
  return [response.status, choices?.[0].text ?? error.message];
}
