/** What ranks of the command line decide together, and what is loaded for it. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { Team } from "../../src/cli/train/team.ts";
import type { Device } from "../../mod.ts";
import { setManner } from "../../src/cli/results.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { localRanks } from "../support/local_ranks.ts";
import { filesIn, importsOf } from "../support/source_files.ts";

/** Teams of one process. */
function teamsOf(size: number): Team[] {
  const teams = localRanks(size).map((ranks) => new Team({ ...ranks, library: "none", finalize: () => {} }));
  setManner({ json: false, quiet: false }); // which ranks that follow have changed
  return teams;
}

Deno.test("a stop of one rank stops all with its code, a save of one is that of all", async () => {
  const teams = teamsOf(3);
  const stop = { code: 143, word: "Stopped" };
  assertEquals(await Promise.all(teams.map((team) => team.meet(undefined, false))), [false, false, false]);
  assertEquals(teams.map(({ signal }) => signal.aborted), [false, false, false]);
  const saves = await Promise.all(teams.map((team, rank) => team.meet(undefined, rank === 2)));
  assertEquals(saves, [true, true, true]);
  await Promise.all(teams.map((team, rank) => team.meet(rank === 1 ? stop : undefined, false)));
  assertEquals(teams.map(({ signal }) => signal.reason), [stop, stop, stop]);
});

Deno.test("rank 0 decides, and shares what it has read", async () => {
  const teams = teamsOf(2);
  assertEquals(await Promise.all(teams.map((team, rank) => team.decide(rank === 1))), [false, false]);
  assertEquals(await Promise.all(teams.map((team, rank) => team.decide(rank === 0))), [true, true]);
  for (const length of [0, 1, 4, 1001]) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const shared = await Promise.all(teams.map((team) => team.share(team.leads ? bytes : undefined)));
    assertEquals(shared, [bytes, bytes]);
  }
});

Deno.test("flags that differ are told, paths and threads may", async () => {
  const check = async (...flags: string[]): Promise<string[]> => {
    const settings = [parseFlags("train", []), parseFlags("train", flags)];
    const checked = await Promise.allSettled(
      teamsOf(2).map((team, rank) => team.checkFlags(settings[rank]!)),
    );
    return checked.map((one) => one.status === "rejected" ? one.reason.message : "alike");
  };
  assertEquals(await check("--threads", "3", "--corpus", "a.txt", "--out", "b"), ["alike", "alike"]);
  for (const message of await check("--prefix", "la")) {
    assertMatch(message, /rank 0 has prefix .*, and rank 1 prefix/);
  }
  for (const message of await check("--patience", "3")) {
    assertMatch(message, /rank 0 has no patience, and rank 1/);
  }
});

Deno.test("two ranks of a host do not share a GPU, one may have it", async () => {
  const check = async (...names: string[]): Promise<string[]> => {
    const checked = await Promise.allSettled(
      teamsOf(names.length).map((team, rank) => team.checkDevices({ name: names[rank] } as Device)),
    );
    return checked.map((one) => one.status === "rejected" ? one.reason.message : "well");
  };
  assertEquals(await check("wasm", "webgpu", "wasm"), ["well", "well", "well"]);
  for (const message of await check("webgpu", "wasm", "webgpu")) {
    assertMatch(message, /^Cannot train on ranks that share a GPU: ranks 0 and 2 are both on host "/);
  }
});

Deno.test("nothing of MPI is loaded unless it is asked for", () => {
  const wrong = ["mod.ts", ...filesIn("src/").filter((path) => path.endsWith(".ts"))]
    .filter((path) => !/^src\/mpi(\.ts$|\/)/.test(path))
    .flatMap((path) =>
      importsOf(path).filter(({ path: target, dynamic }) => /^src\/mpi(\.ts$|\/)/.test(target) && !dynamic)
        .map(({ path: target }) => `${path} imports ${target}`)
    );
  assertEquals(wrong, []);
});
