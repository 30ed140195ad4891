/**
 * A process is killed at every file operation of a run, and halfway through every write: what is done next ends with every
 * file equal to the untouched one's.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { assertRecovers } from "./recovery.ts";
import { die, faultsOf, type Scenario, Scenarios } from "./scenarios.ts";

const scenarios = await Scenarios.open();
Deno.test.afterAll(async () => await scenarios[Symbol.asyncDispose]());

const COMMANDS: Record<string, () => Promise<Scenario>> = {
  "a new run": () => scenarios.begun(),
  "a run that goes on behind a kill": () => scenarios.resumed(),
  "a run in place of another": () => scenarios.overwriting(),
  "a run's removal": () => scenarios.removed(),
};

/** Processes side by side. */
const AT_ONCE = 2;

for (const [name, make] of Object.entries(COMMANDS)) {
  Deno.test(`a kill at any file operation of ${name} costs nothing`, async () => {
    const scenario = await make();
    const kills = [...faultsOf("kill", scenario.operations)].map(([fault, when]) => {
      return { fault, failed: { scenario, out: scenarios.fresh(), when } };
    });
    for (const { failed } of kills) await scenario.prepare(failed.out);
    const waiting = [...kills];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let kill = waiting.shift(); kill; kill = waiting.shift()) {
        const { out } = kill.failed;
        await die(scenario.args(out), { ...kill.fault, root: out });
      }
    }));
    const failures: string[] = [];
    for (const { failed } of kills) {
      await assertRecovers(failed).catch((error) => failures.push(error.message));
    }
    assertEquals(failures, []);
    console.log(`${kills.length} kills at ${scenario.operations.length} operations`);
  });
}
