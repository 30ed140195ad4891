/** `serve`, as people start it: a real process, a real port. @module */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ask, cwd, DEVICE, folder, start } from "./serve.ts";
import { refrain } from "./spawn.ts";

Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

Deno.test("runs are served under their names with the permissions that help states, until Ctrl-C", async () => {
  const grants = ["--no-prompt", "--allow-read=runs/first,runs/second", "--allow-net=127.0.0.1:0"];
  await using server = await start(["first", "runs/second/"], grants);
  assertEquals(server.said.runs, ["first", "second"]);
  const generated = [
    "generate",
    "first",
    ...DEVICE.slice(0, 4),
    "--prefix",
    "fa",
    "--length",
    "9",
    "--seed",
    "1",
  ];
  const { stdout } = await refrain([...generated, "--json"], { cwd });
  assertEquals(await ask(server.url, { model: "first" }), [200, JSON.parse(stdout).text.replace(/^fa/, "")]);
  assertEquals((await ask(server.url, { model: "second" }))[0], 200);
  assertEquals((await ask(server.url, { model: "../first" }))[0], 404);
  const stream = await fetch(`${server.url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "first", prompt: "fa", max_tokens: 100_000, stream: true }),
  });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  const ended = server.end();
  let last = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) last = next.value;
  assertMatch(last, /"Cannot go on with a text as the server ends".*\n\n$/);
  assertEquals(await ended, [0, ""]);
});

Deno.test("who leaves an answer that is long in coming frees its place", async () => {
  await using server = await start(["second"]);
  const leave = new AbortController();
  // Of a request as long as this one Deno does not tell that nobody listens.
  const fields = { model: "second", max_tokens: 100_000, n: 8, user: "u".repeat(200_000) };
  const asking = assertRejects(() => ask(server.url, fields, {}, leave.signal));
  const counts = async (): Promise<string> => await (await fetch(`${server.url}/metrics`)).text();
  const running = async (count: number): Promise<void> => {
    while (!(await counts()).includes(`refrain_texts_running{model="second"} ${count}\n`)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await running(8);
  leave.abort();
  await asking;
  await running(0);
  const drawn = async (): Promise<number> =>
    Number(/^refrain_generated_tokens_total\{model="second"\} (\d+)$/m.exec(await counts())?.[1] ?? 0);
  let tokens = -1;
  while (tokens !== await drawn()) { // they are counted where they are taken
    tokens = await drawn();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert(tokens < 800_000, `${tokens} tokens`);
  assertEquals(await server.end(), [0, ""]);
});

Deno.test("a model that is written anew is served as it is; one that vanishes is a sentence", async () => {
  await using server = await start(["second"]);
  const path = `${cwd}/runs/second/model.safetensors`;
  const before = await ask(server.url, { model: "second" });
  const words = ["train", "--resume", "runs/second", "--epochs", "30"];
  assertEquals((await refrain(words, { cwd })).code, 0);
  const after = await ask(server.url, { model: "second" });
  assertEquals([before[0], after[0], before[1] === after[1]], [200, 200, false]);
  await Deno.rename(path, `${path}.gone`);
  const sentence = 'Cannot find the model of run "second": "runs/second/model.safetensors" is there no more';
  assertEquals(await ask(server.url, { model: "second" }), [503, sentence]);
  await Deno.writeTextFile(path, "no model");
  const [status, message] = await ask(server.url, { model: "second" });
  assertEquals(status, 503);
  assertMatch(message, /^Cannot [^\n]+$/);
  await Deno.rename(`${path}.gone`, path);
  assertEquals(await ask(server.url, { model: "second" }), after);
  const [code, notes] = await server.end("SIGTERM");
  assertEquals(code, 0);
  assertMatch(notes, /^run second: its model has changed, and is served as it is now\n/);
});

Deno.test("--host makes a token, --token-file has one, and no line has it again", async () => {
  await using server = await start(["first", "--host", "0.0.0.0"]);
  const { token } = server.said;
  assertMatch(token!, /^[0-9a-f]{32}$/);
  const url = server.url.replace("0.0.0.0", "127.0.0.1");
  assertEquals((await ask(url, { model: "first" }))[0], 401);
  assertEquals((await ask(url, { model: "first" }, { authorization: `Bearer ${token}` }))[0], 200);
  const [code, notes] = await server.end();
  assertEquals([code, notes.includes(token!)], [0, false]);

  await Deno.writeTextFile(`${cwd}/token`, "a token of one's own".replaceAll(" ", "-") + "\n");
  await using other = await start(["first", "--token-file", "token"]);
  assertEquals(other.said.token, undefined);
  assertEquals((await ask(other.url, { model: "first" }))[0], 401);
  const bearer = { authorization: "Bearer a-token-of-one's-own" };
  assertEquals((await ask(other.url, { model: "first" }, bearer))[0], 200);
});

Deno.test("what cannot be served is one sentence", async () => {
  await using server = await start(["first"]);
  const { port } = new URL(server.url);
  await Deno.writeTextFile(`${cwd}/short`, "short");
  await Deno.mkdir(`${cwd}/other/first`, { recursive: true });
  await Deno.copyFile(`${cwd}/runs/first/model.safetensors`, `${cwd}/other/first/model.safetensors`);
  const refusals: [words: string[], code: number, sentence: RegExp][] = [
    [
      ["first", "--host", "0.0.0.0:80", "--port", "0"],
      2,
      /^error: Cannot listen at "\[0\.0\.0\.0:80\]:0" as that is no address: --host names one, without a port/,
    ],
    [
      ["first", "--port", port],
      1,
      /^error: Cannot serve at 127\.0\.0\.1:\d+ as the port is taken: --port names/,
    ],
    [["nothing"], 1, /^error: Cannot serve run "nothing": no such folder under runs\/, nor at that path\n$/],
    [["first", "other/first"], 2, /^error: Cannot serve two runs of the name "first": /],
    [["first", "--token-file", "short"], 1, /^error: Cannot take the token of "short" as it must be 16 /],
    [["first", "--token-file", "none"], 1, /^error: Cannot read "none": no such file\n$/],
    [
      ["first", "--host", "203.0.113.9"],
      1,
      /^error: Cannot serve at 203\.0\.113\.9:8000 as that is no address/,
    ],
  ];
  for (const [words, code, sentence] of refusals) {
    const found = await refrain(["serve", ...words, ...DEVICE.slice(0, 4)], { cwd });
    assertEquals([found.code, found.stdout], [code, ""], words.join(" "));
    assertMatch(found.stderr, sentence);
  }
  const { code, stderr } = await refrain(["serve"], { cwd: `${cwd}/other` });
  assertEquals([code, stderr], [
    1,
    "error: Cannot serve a run as there is none under runs/: train one, or name its folder\n",
  ]);
});

Deno.test("it says which permission is lacking", async () => {
  const grants = ["--no-prompt", "--allow-read=runs/first"];
  const { code, stderr } = await refrain(["serve", "first"], { cwd, grants });
  assertEquals([code, stderr], [
    1,
    "error: Cannot listen at 127.0.0.1:8000: run with --allow-net=127.0.0.1:8000\n",
  ]);
});
