/** refrain behind the server of bench/serve.ts. @module */
import { openDevice } from "../../mod.ts";
import { Batcher } from "../../src/serve/batcher.ts";
import { listen } from "./server.ts";
import { served } from "./served.ts";

const device = await openDevice("wasm");
const { model, vocabulary } = served(device, Deno.args[0]!);
const batcher = new Batcher(model, vocabulary);
listen(async (prefix, length) => {
  const ids: number[] = [];
  const asked = { prefix: Uint32Array.from(prefix), length, temperature: 0 };
  for await (const { id } of batcher.ask(asked)) ids.push(id);
  return ids;
});
