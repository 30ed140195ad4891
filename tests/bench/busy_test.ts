/** What keeps cores busy, and what counts beside it. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Spinners } from "../../bench/busy/spinners.ts";
import { PeerProcess } from "../../bench/peers/peer_process.ts";
import type { System } from "../../bench/peers/systems.ts";

/** What Linux tells of a process behind its name, which may hold spaces: its state, its parent, …; none once it is gone. */
function statOf(id: number): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${id}/stat`).split(") ").at(-1)!.split(" ");
  } catch {
    return [];
  }
}

/** The processes that one has started. */
function childrenOf(parent: number): number[] {
  const ids = Array.from(Deno.readDirSync("/proc"), ({ name }) => Number(name)).filter(Number.isInteger);
  return ids.filter((id) => statOf(id)[1] === `${parent}`);
}

/** Seconds of processor that it took: user and system time stand in hundredths. */
function secondsOf(id: number): number {
  const [user, system] = statOf(id).slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** Whether it comes true within a time that a busy machine needs too. */
async function eventually(condition: () => boolean): Promise<boolean> {
  for (const until = performance.now() + 60_000; performance.now() < until;) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

Deno.test({
  name: "spinners take processor time until they are disposed of",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const before = childrenOf(Deno.pid);
    const own = (): number[] => childrenOf(Deno.pid).filter((id) => !before.includes(id));
    await using spinners = await Spinners.start(2);
    const ids = own();
    assertEquals(ids.length, 2);
    const since = ids.map(secondsOf);
    assert(await eventually(() => ids.every((id, i) => secondsOf(id) > since[i]! + 0.1)));
    await spinners[Symbol.asyncDispose]();
    assertEquals(own(), []);
  },
});

Deno.test({
  name: "what stood beside a spinner that had ended has no times",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const before = childrenOf(Deno.pid);
    const spinners = await Spinners.start(1, 0.01);
    const own = childrenOf(Deno.pid).filter((id) => !before.includes(id));
    assert(await eventually(() => own.every((id) => ["Z", undefined].includes(statOf(id)[0]))));
    await assertRejects(() => spinners[Symbol.asyncDispose](), Error, "beside a process that has ended");
  },
});

Deno.test({
  name: "a spinner ends when whoever started it is gone",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const code = `import { Spinners } from "${new URL("../../bench/busy/spinners.ts", import.meta.url)}";
      await Spinners.start(1);
      console.log("started");
      await new Promise((resolve) => setTimeout(resolve, 1e6));`;
    const args = ["eval", "--no-check", code];
    const process = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    const reader = process.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const spinner = childrenOf(process.pid)[0]!;
    assert(secondsOf(spinner) >= 0);
    process.kill("SIGKILL");
    await process.status;
    assert(await eventually(() => ["Z", undefined].includes(statOf(spinner)[0])));
  },
});

Deno.test("counters tell what a number of steps of all threads takes", async () => {
  const counters = new URL("../../bench/busy/counters.ts", import.meta.url).href;
  const command = [Deno.execPath(), "run", "--no-check", counters, "--threads", "2"];
  const system: System = { name: "counters", family: "counters", kinds: ["training"], command };
  const peer = await PeerProcess.start(system, []);
  const seconds = await peer.round({ units: 2, seconds: 9 });
  await peer.end();
  assertEquals([peer.first.version, seconds.length], ["2 counters", 2]);
  // 100 million steps: no machine does one in less than a hundredth of a nanosecond, or in more than a microsecond.
  assert(seconds.every((time) => time > 1e-3 && time < 100), `${seconds}`);
});

Deno.test("a workload is timed quiet and beside a spinner, with each number of threads, against a checkout", async () => {
  const bench = new URL("../../bench/busy.ts", import.meta.url).href;
  const root = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");
  const short = ["--workloads", "H0", "--rounds", "1", "--seconds", "0.1"];
  const args = ["run", "-A", "--no-check", bench, ...short, "--threads", "1,2", "--against", root];
  const env = { REFRAIN_PYTHON: "" };
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args, env, stderr: "null" }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n").slice(4);
  assertEquals(code, 0);
  const cells = lines.map((line) => line.split("|").map((cell) => cell.trim()).slice(1, 3));
  assertEquals(cells, [
    ["H0", "refrain wasm, threads 1"],
    ["H0", "refrain wasm, threads 2"],
    ["H0", `${root}, threads 1`],
    ["H0", `${root}, threads 2`],
    ["H0", "counters"],
  ]);
  assert(lines.every((line) => /\d\.\d\d \(\d+\.\d\d–\d+\.\d\d\)/.test(line)), lines.join("\n"));
});
