/** A NaN goes through every cell, forward and backward, on every device. @module */
import { assert, assertEquals } from "@std/assert";
import { CELLS, type KernelName, type Params } from "../../src/kernels.ts";
import { recurrenceCounts, recurrent_forward } from "../../src/verify/reference/recurrent_forward.ts";
import { recurrent_backward } from "../../src/verify/reference/recurrent_backward.ts";
import { type Case, decode, type Reference, runCase } from "../../src/verify/cases/check_kernel.ts";
import { recurrentBackwardCase, recurrentForwardCase } from "../../src/verify/cases/recurrent.ts";
import { testEach } from "../support/test_each.ts";

const SIZES = { steps: 4, batch: 3, hidden: 11 };
/** B * H */
const STEP = SIZES.batch * SIZES.hidden;
/** The word of a (T, B, H) block where the NaN is: step 1, row 1, unit 4. */
const PLACE = STEP + SIZES.hidden + 4;

/** A case in which the input part of a unit's first gate is NaN. */
function forwardCase(cell: typeof CELLS[number]): Case<"recurrent_forward"> {
  const given = recurrentForwardCase({ cell, ...SIZES });
  const { S } = recurrenceCounts(given.params);
  given.buffers.gates[(SIZES.batch + 1) * S * SIZES.hidden + 4] = NaN;
  return given;
}

/** Which words of a buffer are NaN where the reference has left them so. */
async function nanPattern<K extends KernelName>(
  device: Parameters<typeof runCase>[0],
  reference: Reference<K>,
  given: Case<K>,
  name: string,
): Promise<{ actual: boolean[]; wanted: boolean[] }> {
  const words = (await runCase(device, given))[name]!;
  reference(given.buffers, given.params as Params<K>);
  const buffers = given.buffers as Readonly<Record<string, Float64Array>>;
  return {
    actual: [...decode(name, words)].map(Number.isNaN),
    wanted: [...buffers[name]!].map(Number.isNaN),
  };
}

for (const cell of CELLS) {
  testEach(`a NaN goes on through the states: ${cell}`, async (device) => {
    const { actual, wanted } = await nanPattern(device, recurrent_forward, forwardCase(cell), "states");
    assertEquals(actual, wanted);
    assert(wanted[STEP + PLACE], "its own state is NaN"); // behind the initial one
    assert(wanted.slice(2 * STEP).some((nan) => nan) && !wanted.every((nan) => nan));
  }, { builds: true });

  testEach(`a NaN goes back through the gradients: ${cell}`, async (device) => {
    const given = recurrentBackwardCase({ cell, ...SIZES });
    const forward = forwardCase(cell);
    recurrent_forward(forward.buffers, forward.params);
    given.buffers.states.set(forward.buffers.states);
    given.buffers.gates.set(forward.buffers.gates);
    given.buffers.dy[PLACE] = NaN; // as that of a loss of such a state is
    const { actual, wanted } = await nanPattern(device, recurrent_backward, given, "gates");
    assertEquals(actual, wanted);
    const { S } = recurrenceCounts(given.params);
    assert(wanted[(SIZES.batch + 1) * S * SIZES.hidden + 4], "its own gradient is NaN");
  }, { builds: true });
}
