/**
 * Sentences for people at a command line: what a text and a model are, and the library's words as flags.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { countLines } from "../data/lines.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { RNNModel } from "../model.ts";
import { sentenceOf } from "../messages/naming.ts";
import { counted, thousands } from "../messages/printable.ts";
import { visible } from "../messages/visible.ts";
import { type CommandName, flagsOf } from "./flags.ts";
import { kebabCase } from "./parse_flags.ts";

/**
 * How large a text is, and how many of the vocabulary's tokens are in it.
 *
 * @param corpus The text.
 * @returns "126 characters, 18 distinct".
 */
export function sizeOfText({ size, ids, vocabulary }: Corpus): string {
  const seen = new Uint8Array(vocabulary.size);
  for (const id of ids) seen[id] = 1;
  const distinct = seen.reduce((sum, one) => sum + one, 0);
  return `${counted(size, vocabulary.kind)}, ${thousands(distinct)} distinct`;
}

/**
 * Where a part of a text that was split off lay.
 *
 * @param part The part.
 * @returns "at its end", or "at the ends of its 100 rows".
 */
export function placeOf({ parts, vocabulary }: Pick<Corpus, "parts" | "vocabulary">): string {
  if (vocabulary.newlines === "lines") return "in lines drawn from all of it";
  return parts > 1 ? `at the ends of its ${thousands(parts)} rows` : "at its end";
}

/**
 * What became of a text's line breaks.
 *
 * @param corpus The text.
 * @returns "12 line breaks kept, 3 of them made LF of CR LF or CR"; nothing where it has none.
 */
export function lineBreaksOf({ ids, vocabulary, counts }: Corpus): string | undefined {
  const { lineBreaks, carriageReturns } = counts;
  if (lineBreaks === 0 && vocabulary.newlines !== "lines") return undefined;
  const spaces = lineBreaks === 1 ? "became a space" : "became spaces";
  if (vocabulary.newlines === "lines") return counted(countLines({ ids, vocabulary }), "line");
  const kept = vocabulary.newlines === "keep";
  const made = kept && !vocabulary.has("\r") ? "made LF of " : "";
  const returns = carriageReturns > 0 ? `, ${thousands(carriageReturns)} of them ${made}CR LF or CR` : "";
  return `${counted(lineBreaks, "line break")} ${kept ? "kept" : spaces}${returns}`;
}

/**
 * What became of a text's line breaks, where they are not as they were.
 *
 * @param corpus The text.
 * @returns What lineBreaksOf() says; nothing where each stands in the corpus as in the text.
 */
export function madeOfBreaks(corpus: Corpus): string | undefined {
  const { vocabulary, counts } = corpus;
  const same = vocabulary.newlines === "keep" && (counts.carriageReturns === 0 || vocabulary.has("\r"));
  return same ? undefined : lineBreaksOf(corpus);
}

/**
 * What became of the tokens of a text that the vocabulary lacks.
 *
 * @param vocabulary The vocabulary.
 * @param count How many there are.
 * @returns "3 words left out as the vocabulary lacks them"; nothing where it lacks none.
 */
export function unknownOf({ kind, unknown }: Vocabulary, count: number): string | undefined {
  if (count === 0) return undefined;
  const fate = unknown === "skip" ? "left out" : "replaced";
  return `${counted(count, kind)} ${fate} as the vocabulary lacks ${count === 1 ? "it" : "them"}`;
}

/**
 * What a model is made of.
 *
 * @param model The model.
 * @returns "LSTM, 2 layers of 512, embedding of 64: 3,456 parameters"; in brackets what other layers of its kind do not have.
 */
export function describeModel(model: RNNModel): string {
  const { rnn, options: { embeddingSize, tieWeights } } = model;
  const { hiddenSize, numLayers, nonlinearity, projSize, resetAfter, gateActivation, layerNorm } =
    rnn.options;
  const form = [
    ...(rnn.kind === "rnn" ? [nonlinearity] : []),
    ...(resetAfter ? [] : ["reset before the product"]),
    ...(gateActivation === "sigmoid" ? [] : [`gates ${gateActivation}`]),
    ...(layerNorm ? ["normalized"] : []),
  ];
  const parameters = model.parameterCount();
  return [
    rnn.kind.toUpperCase() + (form.length > 0 ? ` (${form.join(", ")})` : ""),
    counted(numLayers, "layer") + ` of ${hiddenSize}` + (projSize ? ` projected to ${projSize}` : ""),
    ...(embeddingSize ? [`embedding of ${embeddingSize}${tieWeights ? ", tied" : ""}`] : []),
  ].join(", ") + `: ${counted(parameters, "parameter")}`;
}

/**
 * What an error of the library says, its options written as the flags of a command.
 *
 * @param error Any error.
 * @param command The command whose flags are meant.
 * @returns The sentence: `--batch-size 5` where the library says `batchSize 5`.
 */
export function inFlags(error: Error, command: CommandName): string {
  const flags = new Set(flagsOf(command).map(([, name]) => name));
  return sentenceOf(error, (name, value) => {
    const flag = kebabCase(name);
    const words = value === undefined ? [] : [`${value}`];
    return [flags.has(flag) ? `--${flag}` : name, ...words].join(" ");
  });
}

/**
 * A text in one line, as a terminal shows it and does not obey it.
 *
 * @param text Any text.
 * @returns The text with ↵ for each line break, and signs for other control characters.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inALine("a\r\nb\tc\x1b[31m\x7f"), "a↵b␉c␛[31m␡");
 * ```
 */
export function inALine(text: string): string {
  return visible(text.replace(/\r\n|[\r\n\u2028\u2029]/g, "↵"));
}
