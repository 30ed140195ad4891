/**
 * Which way rows of text are drawn.
 *
 * @module
 */
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import { StreamsAtOnce } from "./at_once.ts";
import { StreamsByStep } from "./by_step.ts";
import { goesByStep, type StreamSizes } from "./demand.ts";
import type { Streams } from "./streams.ts";

/** Rows of text, drawn the way that suits the device, or the one that is told. */
export function streamsOf<S extends State>(
  model: RNNModel<S>,
  sizes: StreamSizes,
  byStep: boolean = goesByStep(model.device, configOf(model), sizes),
): Streams {
  const { storage } = model.parameters()[0]!;
  const apart = model.parameters().some((parameter) => parameter.storage !== storage); // one model has a layer of another
  return byStep || apart ? new StreamsByStep(model, sizes) : new StreamsAtOnce(model, sizes);
}
