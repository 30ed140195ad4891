/**
 * What may be asked of a batcher.
 *
 * @module
 */

/** One text that is asked for. */
export interface Asked {
  /** Ids to go on from, at least one. */
  readonly prefix: Uint32Array;
  /** Whether the prefix has the space already that stands before the first word. */
  readonly spaced?: boolean;
  /** Tokens at most. */
  readonly length: number;
  /** Divides the logits; 0 takes the likeliest token. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  /** Which sequence of the seed's random numbers it draws by. */
  readonly stream?: number;
  /** What ends the text. */
  readonly stop?: readonly string[];
  /** Whether each token comes with its log probability. */
  readonly logProbabilities?: boolean;
  /** Alternatives of each token. */
  readonly top?: number;
  /** Who leaves frees the place. */
  readonly signal?: AbortSignal;
}
