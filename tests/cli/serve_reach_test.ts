/** Who reaches a server that `serve` started: other machines, other pages, and a run in training beside it. @module */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ask, cwd, folder, start } from "./serve.ts";
import { command, kill } from "./spawn.ts";
import { childOf, folder as turboFolder, LONG } from "./turbo.ts";

Deno.test.afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await turboFolder[Symbol.asyncDispose]();
});

/** An address by which other machines call this one, if it has one. */
const OTHER = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

/** The status of a request with some headers. */
async function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, { headers });
  await response.body?.cancel();
  return response.status;
}

/** The first line of the answer to who calls this machine by another name, which fetch() does not. */
async function greetingOf(port: number, host: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  return (await new Response(connection.readable).text()).split("\r\n")[0]!;
}

Deno.test({ name: "without --host no other address leads to it", ignore: OTHER === undefined }, async () => {
  await using server = await start(["first"]);
  const { port } = new URL(server.url);
  await assertRejects(() => fetch(`http://${OTHER}:${port}/health`), TypeError);
  assertEquals(await status(`${server.url}/v1/models`), 200);
  assertEquals(await greetingOf(Number(port), `127.0.0.1:${port}`), "HTTP/1.1 200 OK");
  assertEquals(await greetingOf(Number(port), `models.example:${port}`), "HTTP/1.1 421 Misdirected Request");
  assertEquals(await status(`${server.url}/v1/models`, { origin: "http://models.example" }), 403);
  assertEquals(await server.end(), [0, ""]);
});

Deno.test({ name: "at another address it asks for the token", ignore: OTHER === undefined }, async () => {
  await using server = await start(["first", "--host", OTHER!]);
  const { url, token } = server.said;
  assertEquals(new URL(url).hostname, OTHER);
  assertEquals(await status(`${url}/health`), 200);
  const bearer = { authorization: `Bearer ${token}` };
  for (const path of ["/v1/models", "/metrics", "/tokenizer_info", "/runs", "/runs/first/model"]) {
    assertEquals(await status(`${url}${path}`), 401, path);
    assertEquals(await status(`${url}${path}?token=${token}`), 401, path);
    assertEquals(await status(`${url}${path}`, bearer), 200, path);
    assertEquals(await status(`${url}${path}`, { ...bearer, origin: "http://evil.example" }), 403, path);
    assertEquals(await status(`${url}${path}`, { ...bearer, origin: url }), 200, path);
  }
  assertEquals((await ask(url, { model: "first" }))[0], 401);
  assertEquals((await ask(url, { model: "first" }, bearer))[0], 200);
  assertEquals((await ask(url, { model: "first" }, { ...bearer, origin: "null" }))[0], 403);
  const sentence = "what is sent is not encrypted: whoever is on the way reads it\n";
  assertEquals(await server.end(), [0, sentence]);
});

Deno.test("--turbo answers the same, and its process ends with it", async () => {
  await using stock = await start(["first"]);
  await using turbo = await start(["first", "--turbo"]);
  const child = Deno.build.os === "linux" ? await childOf(turbo.child.pid) : undefined;
  const asked = { model: "first", max_tokens: 60, temperature: 0.5 };
  assertEquals(await ask(turbo.url, asked), await ask(stock.url, asked));
  assertEquals(await turbo.end(), [0, ""]);
  if (child) assertEquals(await Deno.stat(`/proc/${child.pid}`).then(() => true, () => false), false);
});

Deno.test("a run in training is served once it has a model, and a line says that both are slower", async () => {
  const words = ["train", "--corpus", "text.txt", "--out", "runs/young", ...LONG];
  const training = command(words, { cwd }).spawn();
  const said = training.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let text = ""; !text.includes("corpus "); text += (await said.read()).value ?? "");
    await using server = await start(["young", "first"]);
    const sentence = 'Cannot find the model of run "young": its training has saved none yet';
    assertEquals(await ask(server.url, { model: "young" }), [503, sentence]);
    assertEquals((await ask(server.url, { model: "first" }))[0], 200);
    training.kill("SIGINT");
    while (!(await said.read()).done);
    assertEquals((await training.status).code, 130);
    assertEquals((await ask(server.url, { model: "young" }))[0], 200);
    const line = "run young is in training: both share this machine's threads, and either is slower\n";
    assertEquals(await server.end(), [0, line]);
  } finally {
    kill(training);
    await training.stderr.cancel();
    await training.status;
  }
});

Deno.test("who hears a text while its model is written anew, or vanishes, hears it to its end", async () => {
  await using server = await start(["second"]);
  const asked = { model: "second", max_tokens: 5000 };
  const [, before] = await ask(server.url, asked);
  const path = `${cwd}/runs/second/model.safetensors`;
  for (const change of ["anew", "gone"]) {
    const response = await fetch(`${server.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt: "fa", seed: 1, ...asked, stream: true }),
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let events = (await reader.read()).value!;
    if (change === "anew") await Deno.copyFile(`${cwd}/runs/first/model.safetensors`, path);
    else await Deno.remove(path);
    const [status] = await ask(server.url, { ...asked, max_tokens: 3 });
    assertEquals(status, change === "anew" ? 200 : 503);
    for (let next = await reader.read(); !next.done; next = await reader.read()) events += next.value;
    const texts = events.split("\n\n").slice(0, -2).map((event) =>
      JSON.parse(event.slice(6)).choices[0].text
    );
    const text = texts.join("");
    assertEquals([text === before, text.length], [change === "anew", before.length], change);
  }
  const [code, notes] = await server.end();
  assertEquals(code, 0);
  assertMatch(notes, /^run second: its model has changed, and is served as it is now\n$/);
  assert(!notes.includes("error"));
});
