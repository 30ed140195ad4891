/**
 * A layer of Keras, as it is written.
 *
 * @module
 */
import type { HostTensor } from "../../../tensors/module.ts";

/** A layer of Keras. */
export interface WrittenLayer {
  /** Its class. */
  readonly className: string;
  /** Its options, those that are Keras's defaults left out. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly arrays: readonly HostTensor[];
}

/**
 * A layer as JSON has it.
 *
 * @param layer Its class and options.
 */
export function serialized({ className, config }: Omit<WrittenLayer, "arrays">): object {
  return { module: "keras.layers", class_name: className, config, registered_name: null };
}
