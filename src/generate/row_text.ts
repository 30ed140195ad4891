/**
 * The text of a row, piece by piece.
 *
 * @module
 */
import type { TokenDecoder } from "../data/tokens.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { Stops } from "./stops.ts";

/** A row's text, as its ids come. */
export class RowText {
  readonly #decoder: TokenDecoder;
  readonly #stops: Stops;
  /** Whether the prefix has the space already that stands before the first word. */
  #spaced: boolean;
  /** What has ended it. */
  end: "stop" | "length" | undefined;

  /** The decoder knows from the prefix what a first word or byte goes on from. */
  constructor(
    vocabulary: Vocabulary,
    prefix: { ids: Uint32Array; text: string },
    stops: readonly string[],
  ) {
    this.#decoder = vocabulary.decoder();
    for (const id of prefix.ids) this.#decoder.push(id);
    this.#spaced = vocabulary.kind === "word" && prefix.text.endsWith(" ");
    this.#stops = new Stops(stops);
  }

  /** Takes the next id, with which the text ends where it is the last; gives what is decided of the text. */
  push(id: number, last: boolean): string {
    const stops = this.#stops;
    const piece = this.#decoder.push(id);
    let text = stops.push(this.#spaced ? piece.replace(/^ /, "") : piece);
    this.#spaced = false;
    if (last && !stops.found) {
      text += stops.push(this.#decoder.end());
      text += stops.end();
      this.end = "length";
    }
    if (stops.found) this.end = "stop";
    return text;
  }
}
