/**
 * Every taking of memory of a run is refused, once alone and once with all behind it: one sentence, and what is kept goes on
 * to the same end.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { assertHonest, assertRecovers } from "./recovery.ts";
import { type Scenario, Scenarios } from "./scenarios.ts";
import { ShortMemory } from "./short_memory.ts";
import { command } from "./trial.ts";

const scenarios = await Scenarios.open();
Deno.test.afterAll(async () => await scenarios[Symbol.asyncDispose]());

const COMMANDS: Record<string, () => Promise<Scenario>> = {
  "a new run": () => scenarios.begun("--validation-split", "0.2"),
  "a run that goes on behind a kill": () => scenarios.resumed(),
};

for (const [name, make] of Object.entries(COMMANDS)) {
  Deno.test(`any memory that is refused to ${name} costs nothing that was kept`, async () => {
    const scenario = await make();
    const run = async (memory: ShortMemory, out: string) => {
      await scenario.prepare(out);
      using _ = memory;
      return await command(scenario.args(out), { root: out });
    };
    const counting = new ShortMemory();
    await run(counting, scenarios.fresh());
    const failures: string[] = [];
    for (const on of [false, true]) {
      for (let at = 1; at <= counting.taken; at++) {
        const out = scenarios.fresh();
        const failed = { scenario, out, when: `${at} of ${counting.taken}${on ? " and all behind it" : ""}` };
        try {
          await assertHonest(await run(new ShortMemory({ at, on }), out), failed);
          await assertRecovers(failed);
        } catch (error) {
          failures.push((error as Error).message);
        }
      }
    }
    assertEquals(failures, []);
    console.log(`memory was refused ${2 * counting.taken} times`);
  });
}
