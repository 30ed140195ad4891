/**
 * Many clients of one server over HTTP, of whose requests every tenth is broken off: none fails, nothing stays behind.
 *
 * @module
 */
import { command, refrain } from "../cli/spawn.ts";
import type { Soak } from "./run.ts";

const TRAIN = "train --corpus song.txt --hidden-size 64 --epochs 5 --device wasm --threads 1 --out runs/song";
const CLIENTS = 64;
/** Characters that a request asks for. */
const CHARACTERS = 100;
/** Rounds of requests: the first makes what a server at work has. */
const ROUNDS = 25;
/** Bytes by which the least of the later rounds may exceed that of the earlier: V8 collects only now and then. */
const MORE = 16 * 2 ** 20;

/** Streams a text, or leaves it behind some characters; gives what was wrong with it. */
async function ask(url: string, seed: number): Promise<string | undefined> {
  const leaves = seed % 10 === 9;
  const controller = new AbortController();
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "song", prompt: "我们", max_tokens: CHARACTERS, seed, stream: true }),
    signal: controller.signal,
  });
  let text = "";
  try {
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (leaves && text.length > 500) controller.abort();
    }
  } catch (error) {
    if (!controller.signal.aborted) return `request ${seed}: ${error}`;
  }
  if (response.ok && (leaves || text.endsWith("data: [DONE]\n\n"))) return undefined;
  return `request ${seed}: ${response.status} ${text.slice(-200)}`;
}

/** Bytes of a process that lie in memory. */
async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await Deno.readTextFile(`/proc/${pid}/statm`)).split(" ");
  return Number(pages) * 4096;
}

/** Asks a server so many times a round. */
export async function serveClients({ cwd, times, say }: Soak): Promise<string[]> {
  await refrain(TRAIN.split(" "), { cwd });
  const child = command(["serve", "runs/song", "--port", "0", "--json", "--device", "wasm"], { cwd }).spawn();
  const notes = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { url } = JSON.parse((await lines.read()).value!);
  say(`${times} requests of ${CLIENTS} clients, ${ROUNDS} times; every tenth is broken off`);
  const failures: string[] = [];
  const bytes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let seed = 0;
    await Promise.all(Array.from({ length: CLIENTS }, async () => {
      while (seed < times) {
        const wrong = await ask(url, seed++);
        if (wrong !== undefined) failures.push(wrong);
      }
    }));
    const idle = await (await fetch(`${url}/metrics`)).text();
    if (!/^refrain_texts_running(\{.*\})? 0$/m.test(idle)) failures.push(`texts still run: ${idle}`);
    bytes.push(await residentBytes(child.pid));
  }
  say(`MiB behind each round: ${bytes.map((count) => (count / 2 ** 20).toFixed(1)).join(", ")}`);
  const [earlier, later] = [bytes.slice(1, (ROUNDS + 1) / 2), bytes.slice((ROUNDS + 1) / 2)];
  const more = Math.min(...later) - Math.min(...earlier);
  if (more > MORE) failures.push(`the server grew by ${more} bytes`);
  child.kill("SIGINT");
  const { code } = await child.status;
  if (code !== 0 || await notes !== "") failures.push(`the server ended with ${code}: ${await notes}`);
  return failures;
}
