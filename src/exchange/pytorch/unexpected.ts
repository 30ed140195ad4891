/**
 * Names that no language model of refrain has: what layer they are of, and what to do.
 *
 * @module
 */
import { listed } from "../../model/config.ts";
import { IN_PYTHON } from "../foreign/advice.ts";
import { unfit } from "./unfit.ts";

/** What a name tells of its layer, and what is said of it. */
const TELLING: readonly [name: RegExp, complaint: string][] = [
  [
    /(weight|bias)_(ih|hh|hr)_l\d+_reverse(_raw)?$/,
    "is of a bidirectional layer, which would see the characters to come: " +
    "train the model with bidirectional=False",
  ],
  [
    /(^|\.)parametrizations\.|(weight|bias)(_(ih|hh|hr)(_l\d+)?)?_(g|v|orig)$/,
    "is of a weight that is computed from others: call remove_weight_norm() or " +
    "torch.nn.utils.parametrize.remove_parametrizations() before saving it",
  ],
  [
    /(^|\.)(Wxh?|Whh?|bhn)$/,
    `is of a cell of MLX: ${IN_PYTHON.imported}`,
  ],
  [
    /gate\.(input|hidden)_transform\.(weight|bias)$/,
    `is of a gate of burn: ${IN_PYTHON.imported}`,
  ],
  [
    /(^|[./])(h[ifgorzn]_?|dense_h)[./]kernel$/,
    `is of a cell of Flax: ${IN_PYTHON.imported}`,
  ],
  [
    /running_(mean|var)$/,
    "is of a normalization layer, which refrain's language models do not have: train the model without it",
  ],
  [
    /in_proj_(weight|bias)$/,
    "is of an attention layer, which refrain's language models do not have: train the model without it",
  ],
  [
    /^training\.(optimizer\.|carried\.|loss$)/,
    "is of a checkpoint of training: name the model that was saved beside it",
  ],
  [
    /(^|\.)(optimizer|exp_avg|exp_avg_sq|momentum_buffer|square_avg)(\.|$)/,
    "is of an optimizer: save what model.state_dict() gives alone",
  ],
];

/**
 * Makes the error of unexpected names.
 *
 * @param names At least one.
 * @returns The error, which names the layer where a name tells it.
 */
export function unexpected(names: readonly string[]): TypeError {
  for (const [pattern, complaint] of TELLING) {
    const name = names.find((name) => pattern.test(name));
    if (name !== undefined) return unfit(`${listed([name])} ${complaint}`);
  }
  return new TypeError(
    `Cannot load a state dict: unexpected keys ${listed(names)}; ` +
      "a model has an embedding or none, one recurrent part and one linear layer, whose weights alone are saved",
  );
}
