/**
 * Whose names arrays have, and what makes a plain model of them.
 *
 * @module
 */
import { errorNaming } from "../../../messages/naming.ts";
import { quote } from "../../../messages/quote.ts";
import { inferModel } from "../../pytorch.ts";
import { burnModel, isBurn } from "../burn/gates.ts";
import { flaxModel, isFlax } from "../flax/cells.ts";
import { plainOf } from "../inferred.ts";
import { isMlx, mlxModel } from "../mlx.ts";
import { isPaddle, paddleModel } from "../paddle/named.ts";
import type { Framework, PlainModel, ReaderOptions } from "../plain.ts";
import { contradicted, unfit } from "../unfit.ts";
import type { NamedContent } from "./content.ts";

/** A framework's names. */
interface Dialect {
  readonly framework: Framework;
  /** What it is called in sentences. */
  readonly title: string;
  /** Whether names are its own; of those that others have too, none are. */
  readonly has: (names: readonly string[]) => boolean;
  readonly model: (content: NamedContent, options: ReaderOptions) => PlainModel;
}

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/** What makes models under PyTorch's own names. */
function same(framework: Framework): Dialect["model"] {
  return (content, { nonlinearity }) =>
    plainOf(framework, inferModel(content, { nonlinearity, marked: PLAIN }), content.notes);
}

const DIALECTS: readonly Dialect[] = [
  { framework: "burn", title: "burn", has: isBurn, model: burnModel },
  { framework: "flax", title: "Flax", has: isFlax, model: flaxModel },
  { framework: "mlx", title: "MLX", has: isMlx, model: mlxModel },
  { framework: "paddle", title: "Paddle", has: isPaddle, model: paddleModel },
  { framework: "pytorch", title: "PyTorch", has: () => false, model: same("pytorch") },
  { framework: "candle", title: "candle", has: () => false, model: same("candle") },
];

/** The frameworks that have arrays by name. */
export const NAMING: readonly Framework[] = DIALECTS.map(({ framework }) => framework);

/** A recurrent layer's weight under PyTorch's name. */
const SHARED = /(^|\.)weight_ih(_l\d+(_reverse)?)?$/;

/**
 * Makes a plain model of arrays.
 *
 * @param content The arrays.
 * @param file What they were read of, for sentences.
 * @param options What they do not tell, the framework among it.
 * @returns The model.
 * @throws {TypeError} If nothing tells the framework, or the model is none of refrain's.
 * @throws {RangeError} If something is asked for.
 */
export function modelOfNames(content: NamedContent, file: string, options: ReaderOptions): PlainModel {
  const { from } = options;
  const names = [...Object.keys(content.tensors), ...Object.keys(content.whole)];
  const told = DIALECTS.find(({ has }) => has(names));
  if (told && from !== undefined && from !== told.framework) throw contradicted(from, file, told.title);
  const dialect = told ?? DIALECTS.find(({ framework }) => framework === from);
  if (dialect) return dialect.model(content, options);
  if (!names.some((name) => SHARED.test(name))) {
    throw unfit(`${quote(file)} has names of no framework that is known: ${names.slice(0, 4).map(quote)}`);
  }
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot import the model without ${option("from")}: ${
        quote(file)
      } has names that PyTorch, candle and Paddle share, and Paddle's matrices lie otherwise; ` +
      "a safetensors file of PyTorch's or candle's needs no import, as load() and the other commands read it",
  );
}
