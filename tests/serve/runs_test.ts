/** The page's data: runs by name alone, whole models, reports with tags, and honest answers about what has gone. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunFolder } from "../../src/files/run_folder.ts";
import { runRoutes } from "../../src/serve/runs.ts";
import { ModelServer } from "../../src/serve.ts";
import { hostile, line } from "../report/runs.ts";

/** A server of runs, and a way to ask it. */
function serverOf(runs: Record<string, string>, token?: string) {
  const server = new ModelServer({ models: {}, routes: runRoutes(runs), token });
  const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    server.fetch(new Request(`http://127.0.0.1:8000${path}`, { headers }));
  return { server, ask };
}

async function sentenceOf(response: Response): Promise<string> {
  return (await response.json()).error.message;
}

async function folder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "refrain-served-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("a run in training is listed, reported, and has no model yet", async () => {
  await using root = await folder();
  const path = `${root.path}/first`;
  const run = await RunFolder.create(path);
  await run.writeConfig({ version: "0.1.0", epochs: 3 });
  await run.appendLog(line(1));
  const { ask } = serverOf({ first: path });
  const { runs: [facts] } = await (await ask("/runs")).json();
  assertEquals([facts.name, facts.state, facts.epoch, facts.epochs, facts.model], [
    "first",
    "running",
    1,
    3,
    null,
  ]);
  const model = await ask("/runs/first/model");
  assertEquals([model.status, await sentenceOf(model)], [
    404,
    'Cannot give the model of run "first" as it has none yet: its training has not saved one',
  ]);
  const first = await ask("/runs/first/report");
  const etag = first.headers.get("etag")!;
  const report = await first.json();
  assertEquals([report.columns.loss, report.charts[0].id], [[5], "loss"]);
  assertEquals(report.standing, { state: "running", epoch: 1, epochs: 3, loss: facts.loss });
  const same = await ask("/runs/first/report", { "if-none-match": etag });
  assertEquals([same.status, await same.text(), same.headers.get("etag")], [304, "", etag]);
  await run.appendLog(line(2));
  const second = await ask("/runs/first/report", { "if-none-match": etag });
  assertEquals([second.status, (await second.json()).columns.loss], [200, [5, 3]]);
  await run.close();
  const ended = await ask("/runs/first/report", { "if-none-match": second.headers.get("etag")! });
  assertEquals([ended.status, (await ended.json()).standing.state], [200, "stopped"]);
  const sentence = await sentenceOf(await ask("/runs/first/model"));
  assertEquals(sentence, 'Cannot give the model of run "first" as it has none: none was saved');
  await Deno.remove(path, { recursive: true });
  assertEquals((await (await ask("/runs")).json()).runs[0].state, "missing");
  assertStringIncludes(await sentenceOf(await ask("/runs/first/report")), "have gone");
  assertStringIncludes(await sentenceOf(await ask("/runs/first/model")), "have gone");
});

Deno.test("who has the first rows is sent what is behind them, and all of them once they are others", async () => {
  await using root = await folder();
  const path = `${root.path}/first`;
  const run = await RunFolder.create(path);
  await run.writeConfig({ version: "0.1.0", epochs: 9 });
  const lines = [1, 2, 3].map((epoch) => line(epoch, { validationLoss: undefined }));
  for (const one of lines.slice(0, 2)) await run.appendLog(one);
  const { ask } = serverOf({ first: path });
  const asked = async (rows?: number | string, sum?: string) => {
    const response = await ask(`/runs/first/report${rows === undefined ? "" : `?rows=${rows}&sum=${sum}`}`);
    const { from, sum: next, columns } = await response.json();
    return { told: [from, columns.epoch, columns.loss.length], sum: next };
  };
  const first = await asked();
  assertEquals(first.told, [0, [1, 2], 2]);
  await run.appendLog(lines[2]!);
  const second = await asked(2, first.sum);
  assertEquals(second.told, [2, [3], 1]);
  assertEquals((await asked(3, second.sum)).told, [3, [], 0]);
  for (
    const [rows, sum] of [[2, second.sum], [3, first.sum], [4, second.sum], [-1, second.sum], [
      "x",
      "y",
    ]] as const
  ) {
    assertEquals((await asked(rows, sum)).told, [0, [1, 2, 3], 3], `${rows} ${sum}`);
  }
  await run.appendLog(line(4));
  assertEquals((await asked(3, second.sum)).told, [0, [1, 2, 3, 4], 4], "a column more, of all rows");
  await Deno.writeTextFile(`${path}/log.jsonl`, [lines[0], lines[0], lines[2]].join("\n"));
  assertEquals((await asked(3, second.sum)).told, [0, [1, 1, 3], 3], "a log that was written anew");
  await run.close();
});

Deno.test("a model that is replaced over and over comes whole, with the tag of what was sent", async () => {
  await using root = await folder();
  const path = `${root.path}/model.safetensors`;
  const write = async (byte: number): Promise<void> => {
    await Deno.writeFile(`${path}.tmp`, new Uint8Array(100_000 + byte).fill(byte));
    await Deno.rename(`${path}.tmp`, path);
  };
  await write(1);
  const { ask } = serverOf({ file: path });
  let more = true;
  const writer = (async () => {
    for (let byte = 2; more; byte = byte % 100 + 1) await write(byte);
  })();
  const seen: Response[] = [];
  for (let tries = 0; tries < 40; tries++) {
    const response = await ask("/runs/file/model");
    seen.push(response);
    if (response.status !== 200) continue;
    const bytes = new Uint8Array(await response.arrayBuffer());
    assertEquals(bytes.length, 100_000 + bytes[0]!);
    assert(
      response.headers.get("etag")!.startsWith(`"${bytes.length.toString(36)}.`),
      "the tag of these bytes",
    );
    assert(bytes.every((byte) => byte === bytes[0]), "of one file alone");
  }
  more = false;
  await writer;
  assert(
    seen.every(({ status }) => status === 200 || status === 503),
    seen.map(({ status }) => status).join(),
  );
  const { runs: [facts] } = await (await ask("/runs")).json();
  assertEquals([facts.state, facts.model], ["file", (await Deno.stat(path)).size]);
  const report = await ask("/runs/file/report");
  assertEquals([report.status, await report.json()], [404, {
    error: {
      message: 'Cannot report run "file" as it is a model file alone',
      type: "invalid_request_error",
      param: null,
      code: "run_not_found",
    },
  }]);
  const response = await ask("/runs/file/model");
  assertEquals(response.headers.get("cache-control"), "no-cache");
  const same = await ask("/runs/file/model", { "if-none-match": response.headers.get("etag")! });
  assertEquals([response.status, same.status], [200, 304]);
  await response.body?.cancel();
  await Deno.remove(path);
  assertEquals((await ask("/runs/file/model")).status, 404);
  assertStringIncludes(await sentenceOf(await ask("/runs/file/report")), "have gone");
});

Deno.test("names are looked up in the table, and lead to no other file", async () => {
  await using root = await folder();
  await Deno.mkdir(`${root.path}/a`);
  await Deno.writeTextFile(`${root.path}/secret`, "secret");
  const evil = hostile();
  const { ask } = serverOf({ a: `${root.path}/a`, [evil]: `${root.path}/none` });
  for (
    const name of ["..%2Fsecret", "%2e%2e/secret", "secret", "a%2F..%2Fsecret", "__proto__", "%00", "%ff"]
  ) {
    for (const what of ["model", "report"]) {
      const response = await ask(`/runs/${name}/${what}`);
      assertEquals(response.status, 404, name);
      assert(!(await response.text()).includes(root.path), "no path is told");
    }
  }
  const { runs } = await (await ask("/runs")).json();
  assertEquals(runs[1], { name: evil, state: "missing", model: null });
  assertEquals((await ask(`/runs/${encodeURIComponent(evil)}/report`)).status, 404);
});

Deno.test("with a token every route of the page's data asks for it", async () => {
  const { ask } = serverOf({ a: "nowhere" }, "0123456789abcdef");
  for (const path of ["/runs", "/runs/a/model", "/runs/a/report", "/runs/b/model"]) {
    assertEquals((await ask(path)).status, 401);
    assert((await ask(path, { authorization: "Bearer 0123456789abcdef" })).status !== 401);
  }
});
