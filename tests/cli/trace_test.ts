/** `--trace`: a line a command on standard error, everything else as without it. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { traceLine } from "../../src/cli/trace.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain } from "./spawn.ts";

const SMALL =
  "--preset tutorial --corpus song.txt --batch-size 2 --num-steps 5 --hidden-size 6 --epochs 2 --log-every 2 --length 4 " +
  "--device wasm --threads 2 --deterministic";
const LINE = /^ *\d+\.\d{4} ms +(-|\d+\.\d{2}) GFLOP\/s {2}\w+( \w+=[\d.e-]+)* words( \w+=\d+)+$/;

Deno.test("a line has milliseconds, the rate of products, kernel, parameters and words", () => {
  const params = { M: 100, N: 200, K: 50, accumulate: 0 };
  assertEquals(
    traceLine({
      kernel: "gemm",
      params,
      lengths: { a: 5000, b: 10000, bias: 200, c: 20000 },
      seconds: 0.002,
    }),
    "    2.0000 ms    1.00 GFLOP/s  gemm M=100 N=200 K=50 accumulate=0 words a=5000 b=10000 bias=200 c=20000",
  );
  assertEquals(
    traceLine({ kernel: "clear", params: {}, lengths: { target: 64 }, seconds: 1e-5 }),
    "    0.0100 ms       - GFLOP/s  clear words target=64",
  );
  const instant = { kernel: "gemm", params, lengths: { a: 5000 }, seconds: 0 } as const;
  assertMatch(traceLine(instant), /^ {4}0\.0000 ms +- GFLOP\/s {2}gemm /);
});

Deno.test("train, evaluate, score, inspect and generate print their commands with --trace, and compute the same", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/song.txt`, "我们只是暂时分开。 不是从此不再唱「同一首歌」\n".repeat(30));
  const run = async (args: string): Promise<{ stdout: string; lines: string[] }> => {
    const { code, stdout, stderr } = await refrain(args.split(" "), { cwd });
    assertEquals(code, 0, stderr);
    return { stdout, lines: stderr.split("\n").filter(Boolean) };
  };
  const modelOf = (out: string): Promise<Uint8Array> => Deno.readFile(`${cwd}/${out}/model.safetensors`);
  assertEquals((await run(`train ${SMALL} --out plain`)).lines, []);
  const { lines } = await run(`train ${SMALL} --out traced --trace`);
  for (const line of lines) assertMatch(line, LINE);
  assert(lines.some((line) => line.includes(" recurrent_backward ")));
  assertEquals(await modelOf("traced"), await modelOf("plain"));

  const others = [
    "evaluate --model plain --corpus song.txt --device wasm --windows 5",
    "score --model plain --text 我们只是 --device wasm",
    "inspect --model plain --text song.txt --no-save --device wasm",
    "generate --model plain --prefix 我们 --length 5 --device wasm",
  ];
  for (const args of others) {
    const plain = await run(args);
    const traced = await run(`${args} --trace`);
    assertEquals([plain.lines, traced.stdout], [[], plain.stdout]);
    assert(traced.lines.length > 3);
    for (const line of traced.lines) assertMatch(line, LINE);
  }
});
