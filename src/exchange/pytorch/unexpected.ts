/**
 * Names that no language model of refrain has: what layer they are of, and what to do.
 *
 * @module
 */
import { listed } from "../../model/config.ts";
import { IMPORT_ADVICE } from "../foreign/advice.ts";
import { unfit } from "./unfit.ts";

/** What is done about a layer that there is not. */
const WITHOUT = "train the model without it, as refrain's language models have none";

/** What a name tells of its layer, what is said of it, and what to do. */
const TELLING: readonly [name: RegExp, complaint: string, advice: string][] = [
  [
    /(weight|bias)_(ih|hh|hr)_l\d+_reverse(_raw)?$/,
    "is of a bidirectional layer, which would see the characters to come",
    "train the model with bidirectional=False",
  ],
  [
    /(^|\.)parametrizations\.|(weight|bias)(_(ih|hh|hr)(_l\d+)?)?_(g|v|orig)$/,
    "is of a weight that is computed from others",
    "call remove_weight_norm() or torch.nn.utils.parametrize.remove_parametrizations() before saving it",
  ],
  [
    /(^|\.)(Wxh?|Whh?|bhn)$/,
    "is of a cell of MLX",
    IMPORT_ADVICE,
  ],
  [
    /gate\.(input|hidden)_transform\.(weight|bias)$/,
    "is of a gate of burn",
    IMPORT_ADVICE,
  ],
  [
    /(^|[./])(h[ifgorzn]_?|dense_h)[./]kernel$/,
    "is of a cell of Flax",
    IMPORT_ADVICE,
  ],
  [
    /(^|\.)norm_(weight|bias)_l\d+$/,
    "is of refrain's normalized cells (layerNorm)",
    "load() and the other commands read the file that refrain wrote, by its metadata",
  ],
  [
    /running_(mean|var)$/,
    "is of a normalization layer",
    WITHOUT,
  ],
  [
    /in_proj_(weight|bias)$/,
    "is of an attention layer",
    WITHOUT,
  ],
  [
    /^training\.(optimizer\.|carried\.|loss$)/,
    "is of a checkpoint of training",
    "name the model that was saved beside it",
  ],
  [
    /(^|\.)(optimizer|exp_avg|exp_avg_sq|momentum_buffer|square_avg)(\.|$)/,
    "is of an optimizer",
    "save what model.state_dict() gives alone",
  ],
];

/**
 * Makes the error of unexpected names.
 *
 * @param names At least one.
 * @returns The error, which names the layer where a name tells it.
 */
export function unexpected(names: readonly string[]): TypeError {
  for (const [pattern, complaint, advice] of TELLING) {
    const name = names.find((name) => pattern.test(name));
    if (name !== undefined) return unfit(`${listed([name])} ${complaint}: ${advice}`);
  }
  return new TypeError(
    `Cannot load a state dict: unexpected keys ${listed(names)}; ` +
      "a model has an embedding or none, one recurrent part and one linear layer, whose weights alone are saved",
  );
}
