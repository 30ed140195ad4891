/**
 * One Ctrl-C, or SIGTERM, ends each command that is no training within a moment, whatever it is at: none of them listens for
 * signals, so that the system ends them, and none writes a file.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { LSTM, openDevice, RNNModel, save, Vocabulary } from "../../mod.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { command, contents, kill } from "./spawn.ts";

/** Milliseconds from the signal to the end, at most, on a machine that does much else. */
const MOMENT = 3000;

/** Commands without end, or nearly so. */
const COMMANDS: Record<string, string> = {
  generate: "generate --model m.safetensors --prefix ab --length 100000000",
  evaluate: "evaluate --model m.safetensors --corpus text.txt",
  score: "score --model m.safetensors --corpus text.txt",
  inspect: "inspect --model talk.safetensors --text talk.txt",
  verify: "verify",
  profile: "profile --steps 1000000",
  info: "info --model large.safetensors",
  loading: "generate --model large.safetensors --prefix ab --length 100000000",
};
/** Which of them say nothing while they work: they get the signal after so many milliseconds. */
const SILENT: Record<string, number> = { evaluate: 1500, inspect: 1500, loading: 300 };

const cwd = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(cwd, { recursive: true }));

async function prepare(): Promise<Record<string, string>> {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcdefg ");
  for (const [name, hiddenSize] of [["m", 16], ["large", 1200]] as const) {
    const model = new RNNModel(new LSTM(device, { inputSize: 8, hiddenSize, seed: 0 }), 8);
    await save(`${cwd}/${name}.safetensors`, model, vocabulary);
  }
  // Something to follow, which takes its time: of a text without, inspect soon says so.
  const talk = 'ab ba "cd dce" ab\nb "ef dd" ba a\n';
  const marks = Vocabulary.fromText(talk);
  const model = new RNNModel(
    new LSTM(device, { inputSize: marks.size, hiddenSize: 16, seed: 0 }),
    marks.size,
  );
  await save(`${cwd}/talk.safetensors`, model, marks);
  await Deno.writeTextFile(`${cwd}/talk.txt`, talk.repeat(150_000));
  await Deno.writeTextFile(`${cwd}/text.txt`, "abcdefg ab ac abcde ".repeat(200_000));
  return await contents(cwd);
}

const before = await prepare();

/** How a process ended that got a signal in the middle of its work. */
async function interrupted(name: string, device: string, signal: Deno.Signal): Promise<[number, number]> {
  const flags = name === "info" ? "" : ` --device ${device}`;
  const child = command(`${COMMANDS[name]}${flags}`.split(" "), { cwd }).spawn();
  const reader = child.stdout.getReader();
  const errors = new Response(child.stderr).text();
  const delay = SILENT[name];
  if (delay === undefined) assertEquals((await reader.read()).done, false);
  else await new Promise((resolve) => setTimeout(resolve, delay));
  const start = performance.now();
  child.kill(signal);
  const timer = setTimeout(() => kill(child), 2 * MOMENT); // a failure is no test that hangs
  while (!(await reader.read()).done);
  const { code } = await child.status;
  clearTimeout(timer);
  assertEquals(await errors, "");
  return [code, performance.now() - start];
}

for (const device of DEVICE_NAMES) {
  for (const name of Object.keys(COMMANDS)) {
    if (name === "info" && device !== "wasm") continue; // it tells of all devices
    Deno.test(`a signal ends ${name} within a moment, and no file is touched [${device}]`, async () => {
      for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
        const [code, milliseconds] = await interrupted(name, device, signal);
        assertEquals(code, expected);
        assert(milliseconds < MOMENT, `${milliseconds} ms after ${signal}`);
        assertEquals(await contents(cwd), before);
      }
    });
  }
}
