import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { refrain } from "./spawn.ts";

const SMALL = [
  "--corpus",
  "song.txt",
  "--batch-size",
  "3",
  "--num-steps",
  "7",
  "--hidden-size",
  "11",
  "--num-layers",
  "2",
  "--steps",
  "3",
  "--threads",
  "2",
];
const TEXT = "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6);

for (const device of DEVICE_NAMES) {
  for (const cell of ["rnn", "gru", "lstm"]) {
    Deno.test(`profile accounts for a step of ${cell} by kernel [${device}]`, async () => {
      await using folder = await temporaryFolder();
      await Deno.writeTextFile(`${folder.path}/song.txt`, TEXT);
      const args = ["profile", "--device", device, "--cell", cell, ...SMALL];
      const { code, stdout, stderr } = await refrain(args, { cwd: folder.path });
      assertEquals([code, stderr], [0, ""]);
      const [head, table, sums] = stdout.split("\n\n") as [string, string, string];
      assertMatch(head, new RegExp(`^model +${cell}, L 2, H 11; a step is B 3 × T 7$`, "m"));
      const [heading, ...rows] = table.split("\n") as [string, ...string[]];
      assertMatch(heading, /^kernel +calls +ms +GFLOP\/s +GB\/s +share$/);
      const calls = (kernel: string): number =>
        rows.filter((row) => row.startsWith(`${kernel} `))
          .reduce(
            (sum, row) => sum + Number(/ (\d+) +[\d.]+ +(?:-|[\d.]+) +[\d.]+ +[\d.]+ %$/.exec(row)![1]),
            0,
          );
      assertEquals(["recurrent_forward", "recurrent_backward", "adam"].map(calls), [2, 2, 1]);
      // dense: 3; the second layer's input part: 3; weight_hh of each layer: 1, of a GRU 2
      assertEquals(calls("gemm"), cell === "gru" ? 10 : 8);
      const parts = [...table.matchAll(/ ([\d.]+) +(?:-|[\d.]+) +[\d.]+ +[\d.]+ %$/gm)].map(([, ms]) =>
        Number(ms)
      );
      const line = (name: string): number =>
        Number(new RegExp(`^ *${name}.*? (-?[\\d.]+) +-?[\\d.]+ %$`, "m").exec(sums)![1]);
      const sum = line("sum of the kernels");
      assert(Math.abs(parts.reduce((total, ms) => total + ms, 0) - sum) < 5e-4 * parts.length + 1e-3, stdout);
      const step = line("the step as one program");
      assert(step > 0 && sum > 0);
      assert(Math.abs(line("products") + line("not products") - step) < 2e-3, stdout);
    });
  }
}
