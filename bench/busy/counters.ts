/**
 * Threads that count, each for itself: what a program keeps beside a busy process that never waits for its own threads. A
 * peer as protocol.ts says, but that it has no result: a unit is DURATION, and its seconds are those of COUNT steps
 * of all threads together.
 *
 *     deno run bench/busy/counters.ts --threads 2
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { linesOf, type Round } from "../peers/protocol.ts";

/** Seconds of a unit. */
const DURATION = 0.1;
/** Steps whose time is told. */
const COUNT = 1e8;

/** Counts until the time is over. */
const COUNTING = `function count(seconds) {
  const end = performance.now() + 1000 * seconds;
  let steps = 0;
  while (performance.now() < end) for (let i = 0; i < 10000; i++) steps++;
  return steps;
}`;
const count: (seconds: number) => number = new Function(`${COUNTING} return count;`)();

if (import.meta.main) {
  const threads = Number(parseArgs(Deno.args, { string: ["threads"] }).threads ?? 2);
  const code = `${COUNTING} onmessage = ({ data }) => postMessage(count(data));`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const workers = Array.from({ length: threads - 1 }, () => new Worker(url, { type: "module" }));
  const countAll = async (): Promise<number> => {
    const others = workers.map((worker) =>
      new Promise<number>((resolve) => {
        worker.onmessage = ({ data }): void => resolve(data);
        worker.postMessage(DURATION);
      })
    );
    const own = count(DURATION);
    return (await Promise.all(others)).reduce((sum, one) => sum + one, own);
  };
  await countAll();
  console.log(JSON.stringify({ version: `${threads} counters` }));
  for await (const line of linesOf(Deno.stdin.readable)) {
    const { units, seconds }: Round = JSON.parse(line);
    const times: number[] = [];
    while (times.length === 0 || (times.length < units && times.length * DURATION < seconds)) {
      times.push(DURATION * COUNT / await countAll());
    }
    console.log(JSON.stringify({ seconds: times }));
  }
  Deno.exit();
}
