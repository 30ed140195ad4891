/** A network learns in a recorded step that is run again and again. @module */
import { assert } from "@std/assert";
import { Adam, type Device, type Parameter, Tape, type Tensor } from "../../mod.ts";

/**
 * Runs 60 steps of Adam, and asserts that the loss is small by then.
 *
 * @param device The device.
 * @param parameters What learns.
 * @param options The rate, and what records a pass and gives its loss.
 */
export async function assertDescends(
  device: Device,
  parameters: readonly Parameter[],
  { learningRate, lossOf }: { learningRate: number; lossOf: (tape: Tape) => Tensor },
): Promise<void> {
  using adam = new Adam(parameters, { learningRate });
  let loss!: Tensor;
  using program = device.record(() => {
    const tape = new Tape(device);
    loss = lossOf(tape);
    adam.zeroGrad();
    tape.backward(loss);
    adam.update();
  });
  const seen: number[] = [];
  for (let step = 0; step < 60; step++) {
    adam.advance();
    program.run();
    seen.push((await loss.data())[0]!);
  }
  assert(seen[0]! > 0.5 && seen.at(-1)! < 0.1, `${seen[0]} to ${seen.at(-1)}`);
}
