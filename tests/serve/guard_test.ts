/** Who is answered, and what of a request is read. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { getting, posting, serveSmall } from "./served.ts";

const MODELS = "/v1/models";

/** The status of a GET request with some headers. */
async function status(
  { server }: Awaited<ReturnType<typeof serveSmall>>,
  headers: Record<string, string>,
  path: string = MODELS,
): Promise<number> {
  const response = await server.fetch(getting(path, headers));
  await response.body?.cancel();
  return response.status;
}

Deno.test("names of this machine's loopback address are answered, and no page of another origin", async () => {
  using served = await serveSmall();
  for (const host of ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"]) {
    assertEquals(await status(served, { host }), 200, host);
    assertEquals(await status(served, { host, origin: `http://${host.toLowerCase()}` }), 200, host);
  }
  for (
    const host of [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost:8000.evil",
      "127.0.0.2:8000",
      "127a0b0c1",
    ]
  ) {
    assertEquals(await status(served, { host }), 421, host);
    assertEquals(await status(served, { host }, "/health"), 421, host);
  }
  const host = "127.0.0.1:8000";
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:8001", "http://127.0.0.1"]) {
    assertEquals(await status(served, { host, origin }), 403, origin);
  }
});

Deno.test("names that are given are answered alone, with their port", async () => {
  using served = await serveSmall({ hosts: ["127.0.0.1:8000"] });
  assertEquals(await status(served, { host: "127.0.0.1:8000" }), 200);
  for (const host of ["127.0.0.1:8001", "localhost:8000", "127.0.0.1", "evil.127.0.0.1:8000"]) {
    assertEquals(await status(served, { host }), 421, host);
  }
});

Deno.test("a token is asked for on each route but /health, and stands in no query", async () => {
  const token = "0123456789abcdef0123456789abcdef";
  using served = await serveSmall({ token });
  const host = "models.example";
  assertEquals(await status(served, { host }, "/health"), 200);
  const paths = [MODELS, "/v1/models/small", "/metrics", "/tokenizer_info"];
  for (const path of paths) {
    assertEquals(await status(served, { host }, path), 401, path);
    assertEquals(await status(served, { host }, `${path}?token=${token}`), 401, path);
    assertEquals(await status(served, { host, authorization: `Bearer ${token}` }, path), 200, path);
  }
  const bearer = { host, authorization: `Bearer ${token}` };
  for (const origin of ["http://evil.example", "null", `http://${host}:8000`, `ftp://${host}`]) {
    assertEquals(await status(served, { ...bearer, origin }), 403, origin);
  }
  for (const scheme of ["http", "https"]) {
    assertEquals(await status(served, { ...bearer, origin: `${scheme}://${host}` }), 200, scheme);
  }
  assertEquals(await status(served, { host, authorization: `bearer  ${token}` }), 200);
  // Digests of as many differ from the token's in any one byte alone.
  for (let other = 0; other < 1000; other++) {
    assertEquals(await status(served, { host, authorization: `Bearer ${other}` }), 401);
  }
  for (
    const wrong of [
      `Bearer ${token}0`,
      `Bearer ${token.slice(1)}`,
      `Bearer ${token.slice(0, -1)}0`,
      token,
      `Basic ${token}`,
      "Bearer ",
    ]
  ) {
    assertEquals(await status(served, { host, authorization: wrong }), 401, wrong);
  }
  for (const path of ["/v1/completions", "/tokenize", "/detokenize"]) {
    const response = await served.server.fetch(posting(path, {}));
    assertEquals([response.status, response.headers.get("www-authenticate")], [401, "Bearer"]);
    assertEquals((await response.json()).error.code, "invalid_api_key");
  }
});

Deno.test("what is no JSON object of at most 1 MiB is refused, and other methods and paths", async () => {
  using served = await serveSmall();
  const cases: [request: Request, status: number][] = [
    [posting("/v1/completions", "{}", { "content-type": "text/plain" }), 415],
    [posting("/v1/completions", "{}", { "content-type": "application/jsonx" }), 415],
    [posting("/v1/completions", "{}", { "content-type": "application/json; charset=utf-8" }), 400],
    [posting("/v1/completions", "{"), 400],
    [posting("/v1/completions", "[]"), 400],
    [posting("/v1/completions", "null"), 400],
    [posting("/v1/completions", `{"prompt": "${"a".repeat(2 ** 20)}"}`), 413],
    [posting("/v1/completions", { model: "other", prompt: "a" }), 404],
    [posting("/v1/completions", { model: "__proto__", prompt: "a" }), 404],
    [posting(MODELS, {}), 405],
    [getting("/v1/completions"), 405],
    [getting("/v1/models/other"), 404],
    [getting("/v1/models/%ff"), 404],
    [getting("/runs/../v1"), 404],
    [getting("/nothing"), 404],
  ];
  for (const [request, wanted] of cases) {
    const response = await served.server.fetch(request);
    const { error } = await response.json();
    assertEquals(response.status, wanted, request.url);
    assertEquals(Object.keys(error), ["message", "type", "param", "code"]);
    assertMatch(error.message, /^Cannot [^\n]*[^.\n]$/);
    assertEquals(response.headers.get("access-control-allow-origin"), null);
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("models, tokens and counts are told", async () => {
  using served = await serveSmall();
  const get = async (path: string): Promise<unknown> =>
    await (await served.server.fetch(getting(path))).json();
  const model = { id: "small", object: "model", owned_by: "refrain" };
  assertMatch(JSON.stringify(await get(MODELS)), /^\{"object":"list","data":\[\{"id":"small",/);
  assertEquals({ ...await get("/v1/models/small") as object, created: 0 }, { ...model, created: 0 });
  const post = async (path: string, body: unknown): Promise<unknown> =>
    await (await served.server.fetch(posting(path, body))).json();
  const tokens = await post("/tokenize", { prompt: "分ab", add_special_tokens: false }) as {
    tokens: number[];
  };
  assertEquals(await post("/detokenize", tokens.tokens.length === 3 ? { tokens: tokens.tokens } : {}), {
    prompt: "分ab",
  });
  assertMatch(JSON.stringify(await post("/tokenize", { prompt: "xyz" })), /"param":"prompt"/);
  for (const [path, field] of [["/tokenize", "prompt"], ["/detokenize", "tokens"]] as const) {
    const { error } = await post(path, {}) as { error: { message: string; param: string } };
    assertMatch(error.message, /: it is missing$/);
    assertEquals(error.param, field);
  }
  assertEquals((await get("/tokenizer_info") as { eos_token: unknown }).eos_token, null);
  await post("/v1/completions", { model: "small", prompt: "ab", max_tokens: 5 });
  const text = await (await served.server.fetch(getting("/metrics"))).text();
  assertMatch(text, /^refrain_generated_tokens_total\{model="small"\} 5$/m);
  assertMatch(text, /^refrain_prompt_tokens_total\{model="small"\} 2$/m);
  assertMatch(text, /^refrain_requests_total\{path="\/v1\/completions",status="200"\} 1$/m);
  assertMatch(text, /^refrain_texts_running\{model="small"\} 0$/m);
  const head = await served.server.fetch(new Request("http://127.0.0.1:8000/health", { method: "HEAD" }));
  assertEquals([head.status, await head.text()], [200, ""]);
});
