/**
 * Every file operation of a run fails, once alone and once with all behind it: the command goes on or says one sentence,
 * and what is done next ends with every file equal to the untouched one's.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { assertHonest, assertNotEmpty, assertRecovers } from "./recovery.ts";
import { faultsOf, type Scenario, Scenarios } from "./scenarios.ts";
import { command } from "./trial.ts";

const scenarios = await Scenarios.open();
Deno.test.afterAll(async () => await scenarios[Symbol.asyncDispose]());

const VALIDATED = ["--validation-split", "0.2", "--cell", "lstm", "--num-layers", "2", "--dropout", "0.3"];
const COMMANDS: Record<string, () => Promise<Scenario>> = {
  "a new run": () => scenarios.begun(...VALIDATED),
  "a run that goes on behind a kill": () => scenarios.resumed(),
  "a run in place of another": () => scenarios.overwriting(),
  "a run's removal": () => scenarios.removed(),
};

for (const [name, make] of Object.entries(COMMANDS)) {
  Deno.test(`every file operation of ${name} fails, alone or with all behind it`, async () => {
    const scenario = await make();
    const failures: string[] = [];
    let tried = 0;
    for (const kind of ["once", "on"] as const) {
      for (const [fault, when] of faultsOf(kind, scenario.operations)) {
        const out = scenarios.fresh();
        const beside = fault.at % 2 === 0 ? { spares: `${out}-` } : {}; // a folder beside can be written, or cannot
        await scenario.prepare(out);
        const failed = { scenario, out, when };
        tried++;
        try {
          await assertHonest(
            await command(scenario.args(out), { root: out, fault: { ...fault, ...beside } }),
            failed,
          );
          if (kind === "once" && name === "a new run") await assertNotEmpty(failed);
          await assertRecovers(failed);
        } catch (error) {
          failures.push((error as Error).message);
        }
      }
    }
    assertEquals(failures, []);
    console.log(`${tried} faults at ${scenario.operations.length} operations`);
  });
}
