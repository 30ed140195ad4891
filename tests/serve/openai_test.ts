/** npm's `openai` client, its types included, at a server with a port. @module */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { MODULES } from "../support/npm.ts";
import { serveSmall } from "./served.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const CLIENT = new URL("openai_client.txt", import.meta.url);

/** Runs deno; gives its exit code and what it said. */
async function deno(args: string[], cwd: string): Promise<[code: number, stdout: string, stderr: string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout), decoder.decode(stderr)];
}

Deno.test("npm's openai client lists, completes, streams and names what is wrong, and its types hold", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await Deno.copyFile(CLIENT, `${cwd}/client.ts`);
  const imports = { openai: `npm:${MODULES.openai}` };
  await Deno.writeTextFile(`${cwd}/deno.json`, JSON.stringify({ imports }));
  const [reached, , why] = await deno(["cache", "-q", `npm:${MODULES.openai}`], cwd);
  if (reached !== 0 && Deno.env.get("REFRAIN_RUNTIMES") !== "required") {
    console.warn(`warning: what needs ${MODULES.openai} is not tested: it cannot be fetched from npm`);
    return;
  }
  assertEquals(reached, 0, why);
  const [code, , wrong] = await deno(["check", "-q", "client.ts"], cwd);
  assertEquals(code, 0, wrong);

  using served = await serveSmall({ token: TOKEN });
  const http = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => served.server.fetch(request),
  );
  try {
    const url = `http://127.0.0.1:${http.addr.port}`;
    const [ended, stdout, stderr] = await deno(["run", "-q", "-A", "client.ts", url, TOKEN], cwd);
    assertEquals(ended, 0, stderr);
    const { text, streamed, usage, ...said } = JSON.parse(stdout);
    assertEquals([streamed, text.slice(0, 2), text.length], [text, "ab", 10]);
    assertEquals(usage, { prompt_tokens: 2, completion_tokens: 8, total_tokens: 10 });
    assertEquals(said, {
      models: ["small"],
      id: "small",
      offsets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      reason: "length",
      total: 10,
      errors: [
        [400, "prompt", "invalid_request_error", null],
        [404, "model", "invalid_request_error", "model_not_found"],
        [400, "n", "invalid_request_error", null],
        [400, "best_of", "invalid_request_error", null],
      ],
    });
  } finally {
    await http.shutdown();
  }
});
