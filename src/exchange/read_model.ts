/**
 * What the bytes of a model file hold: metadata, weights and vocabulary, checked as far as that goes without a device.
 *
 * @module
 */
import { Vocabulary } from "../data/vocabulary.ts";
import type { Origin } from "../files/origin.ts";
import { hasChanged, type Verdict, verdictOf } from "../files/proof.ts";
import { decodeSafetensors, type SafetensorsContent } from "../files/safetensors.ts";
import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { typeName } from "../messages/type_name.ts";
import { checkShapes, type ModelConfig, readConfig } from "../model/config.ts";
import type { Int8Weights } from "../tensors/int8.ts";
import type { StateDict } from "../tensors/module.ts";
import { foreignKind } from "./foreign.ts";
import { type Widened, widenInt8 } from "./int8.ts";
import { inTurns, turn } from "../turn.ts";
import { checkMarks, readMarks } from "./marks.ts";
import { readMetadata } from "./metadata.ts";
import { SERIES_KEY } from "./series_metadata.ts";
import { inferModel, type Inferred } from "./pytorch.ts";

/** Weights that are looked at in one go. */
const SLICE = 2 ** 20;
const NOT_FINITE = [NaN, Infinity, -Infinity];

/** What a file may lack. */
export interface LoadOptions {
  /** The tokens, of as many as the model has; in place of the file's own, where it has some. */
  vocabulary?: Vocabulary;
  /**
   * The activation of an RNN, of a file without configuration: shapes do not tell it, and without this "tanh" is supposed.
   * Where the file tells, it must be the same.
   */
  nonlinearity?: "tanh" | "relu";
  /**
   * Whether a file that refrain wrote must be as it was written; `false` takes one whose weights another program changed.
   *
   * @default {true}
   */
  verify?: boolean;
  /** Ends the loading: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** All that a model is made of, and what its file says of itself. */
export interface ModelContent extends Inferred {
  /** The matrices of int8 that weights stand for, under refrain's names. */
  readonly int8: Int8Weights;
  /** Its tokens; undefined where neither the file nor who reads it has them. */
  readonly vocabulary: Vocabulary | undefined;
  /** The version of the file's format; undefined of another program's. */
  readonly formatVersion: number | undefined;
  /** Where the weights come from, as far as the file says it. */
  readonly origin: Origin;
  /** What the file's SHA-256 says; "none" too where it was not to be looked at. */
  readonly proof: Verdict;
}

/**
 * Reads a model file's bytes, and checks all of them.
 *
 * @param bytes What encodeModel() gave, or Python's safetensors of a state dict.
 * @param options The vocabulary, and what shapes do not tell, for a file without metadata.
 * @returns What a model is made of.
 * @throws {SyntaxError} If the file is damaged, of another format or of a newer version, or weights are not finite.
 * @throws {TypeError} If weights, configuration and vocabulary do not belong together, or the weights are not those of a
 * language model.
 */
export async function readModel(bytes: Uint8Array, options: LoadOptions = {}): Promise<ModelContent> {
  const { vocabulary: tokens, nonlinearity, verify = true, signal } = options;
  refuseUnknown("load the model", options, { vocabulary: tokens, nonlinearity, verify, signal });
  signal?.throwIfAborted();
  const content = decode(bytes);
  await turn({ signal });
  refuseSeries(content.metadata);
  const stated = readMetadata(content.metadata);
  const proof = verify && stated ? await checkProof(bytes) : "none";
  await turn({ signal });
  const { tensors: all, whole, int8 } = widenInt8(content, stated !== undefined);
  const { tensors: weights, marked } = readMarks(all);
  const inferred: Inferred = stated
    ? {
      config: readConfig(stated.config),
      tensors: weights,
      supposed: {},
      leftAside: Object.keys(whole),
    }
    : inferModel({ ...content, whole, tensors: weights }, { nonlinearity, marked });
  const { config, tensors } = inferred;
  checkNonlinearity(config, nonlinearity);
  if (stated) checkMarks(config.layer, marked);
  checkShapes(config, tensors);
  await inTurns(checkValues(tensors, config.model.tieWeights), signal);
  const vocabulary = tokens ?? (stated && Vocabulary.fromJSON(stated.vocabulary));
  if (vocabulary) checkVocabulary(vocabulary, config.vocabularySize, "load");
  const { version: formatVersion, origin = {} } = stated ?? {};
  return { ...inferred, int8: namedAs(tensors, int8), vocabulary, formatVersion, origin, proof };
}

/** Matrices of int8 under the names of the tensors that they stand for. */
function namedAs(tensors: StateDict, int8: Widened["int8"]): Int8Weights {
  const weights: Int8Weights = Object.create(null);
  for (const [name, tensor] of Object.entries(tensors)) {
    const matrix = int8.get(tensor);
    if (matrix) weights[name] = matrix;
  }
  return weights;
}

/** A model of a series has no tokens. */
function refuseSeries(metadata: Readonly<Record<string, string>>): void {
  if (metadata[SERIES_KEY] === undefined) return;
  throw new TypeError(
    "Cannot load the model as a language model as it is one of a series: forecast goes on with it, and evaluate " +
      "--series measures it; loadForecaster() is for programs",
  );
}

/** Holds a file against its own SHA-256; one of another program has none, nor one of a former version. */
async function checkProof(bytes: Uint8Array): Promise<Verdict> {
  try {
    return await verdictOf(bytes);
  } catch (cause) {
    throw hasChanged("load the model as its file", cause);
  }
}

/** Reads the file, and says what it is where it is none of safetensors. */
function decode(bytes: Uint8Array): SafetensorsContent {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read the model as its bytes must be a Uint8Array: current type is ${typeName(bytes)}`,
    );
  }
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    const kind = foreignKind(bytes);
    throw kind === undefined
      ? error
      : new SyntaxError(`Cannot read the model as its file is ${kind}`, { cause: error });
  }
}

/** Holds an activation that was given against the one that the file tells. */
function checkNonlinearity({ kind, layer }: ModelConfig, given: "tanh" | "relu" | undefined): void {
  if (given === undefined || given === layer.nonlinearity && (kind === "rnn" || given === "tanh")) return;
  const told = kind === "rnn"
    ? `its file says ${layer.nonlinearity}`
    : `it is of kind ${kind}, which has tanh alone`;
  throw errorNaming(
    RangeError,
    (option) => `Cannot load the model with ${option("nonlinearity", given)}: ${told}`,
  );
}

/**
 * Checks that a vocabulary is one of as many tokens.
 *
 * @param vocabulary What was given.
 * @param expected V.
 * @param task For the sentence.
 * @throws {TypeError} If it is not.
 */
export function checkVocabulary(
  vocabulary: Vocabulary,
  expected: number,
  task: "load" | "save" | "import" | "export",
): void {
  if (!(vocabulary instanceof Vocabulary)) {
    throw new TypeError(
      `Cannot ${task} the model as its vocabulary must be a Vocabulary, which Vocabulary.fromJSON() makes: ` +
        `current type is ${typeName(vocabulary)}`,
    );
  }
  const { size } = vocabulary;
  if (size !== expected) {
    throw new TypeError(
      `Cannot ${task} the model as its vocabulary must have ${expected} tokens: current size is ${size}`,
    );
  }
}

/**
 * Looks for weights that are not finite, which would spoil all that is computed with them. Others may have their turn
 * meanwhile.
 *
 * @param tensors Weights by name.
 * @returns Where the first is, for a sentence; undefined where there is none.
 */
export function* notFinite(tensors: StateDict): Generator<void, string | undefined, void> {
  for (const [name, { data }] of Object.entries(tensors)) {
    for (let from = 0; from < data.length; from += SLICE) {
      const slice = data.subarray(from, from + SLICE);
      if (NOT_FINITE.some((value) => slice.includes(value))) { // which no function is called for
        const bad = slice.findIndex((value) => !Number.isFinite(value));
        return `weights "${name}" are not all finite, element ${from + bad} is ${data[from + bad]}`;
      }
      yield;
    }
  }
  return undefined;
}

function* checkValues(tensors: StateDict, tied: boolean): Generator<void, void, void> {
  const bad = yield* notFinite(tensors);
  if (bad !== undefined) throw new SyntaxError(`Cannot read the model: ${bad}`);
  const table = tensors["embedding.weight"]?.data;
  const weight = tensors["dense.weight"]!.data;
  if (tied && !weight.every((value, i) => value === table![i])) {
    throw new TypeError(
      'Cannot load the model as its tied weights "embedding.weight" and "dense.weight" differ',
    );
  }
}
