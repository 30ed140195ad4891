/**
 * Activations by Keras's names.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import type { Members } from "../members.ts";
import type { PlainActivation } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { type KerasLayer, refuseCustom } from "./chain.ts";

/** What refrain has. Keras's gelu is the exact one unless its own configuration says otherwise. */
const FUNCTIONS: readonly string[] = ["relu", "tanh", "sigmoid", "gelu", "softmax"];

/**
 * The name of an activation.
 *
 * @param value A name, what Keras serialized, or nothing, which is "linear".
 * @param name The layer's name.
 * @returns Its name.
 * @throws {TypeError} If it is the user's own, or has options.
 */
export function activationName(value: unknown, name: string): string {
  if (value === undefined || value === null) return "linear";
  if (typeof value === "string") return value;
  const { class_name: className, config } = value as Members;
  refuseCustom(value as Members);
  if (className === "function" && typeof config === "string") return config;
  throw unfit(
    typeof className === "string"
      ? `the activation of ${quote(name)} has options of its own: ${quote(className)}`
      : `the activation of ${quote(name)} is code of Python's, which a file cannot be trusted with: name it`,
  );
}

/**
 * An activation as a layer.
 *
 * @param layer The layer that has it.
 * @param value What its configuration says.
 * @returns The activation; none where it is linear.
 * @throws {TypeError} If refrain has no such.
 */
export function activationOf({ name, config }: KerasLayer, value: unknown): PlainActivation[] {
  const which = activationName(value, name);
  if (which === "linear") return [];
  const { max_value: most = null, negative_slope: slope = 0, threshold = 0, axis = -1 } = config;
  const plain = most === null && slope === 0 && threshold === 0 && (axis === -1);
  if (FUNCTIONS.includes(which) && plain) {
    return [{ kind: "activation", name, function: which as PlainActivation["function"] }];
  }
  throw unfit(
    `${quote(name)} has the activation ${quote(which)}${
      plain ? "" : " with options"
    }, which refrain does not have`,
  );
}
