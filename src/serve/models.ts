/**
 * The models that are served: a table made at the start, in which names of requests are looked up.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { quote } from "../messages/quote.ts";
import type { RNNModel } from "../model.ts";
import { ApiError, currentOf, wrong } from "./api_error.ts";
import { Batcher } from "./batcher.ts";
import { PromptScores } from "./prompt_scores.ts";

/** A model that is served. */
export interface ServedModel {
  /** The model. */
  readonly model: RNNModel<State>;
  /** Its tokens. */
  readonly vocabulary: Vocabulary;
  /** When it was made, in seconds since 1970. */
  readonly created?: number;
}

/** Gives the model that a name stands for now; what it throws is told to whoever asks. */
export type FindModel = () => ServedModel | Promise<ServedModel>;

/** A model with those who wait for its texts. */
export interface Open extends ServedModel {
  readonly name: string;
  readonly batcher: Batcher;
  readonly scores: PromptScores;
}

/**
 * The model that a request names.
 *
 * @param models All of them.
 * @param body The request's fields.
 * @param otherwise Whether one that names none means the first.
 * @returns The model as it is now.
 * @throws {ApiError} If none is named, or there is none of that name.
 */
export async function modelOf(
  models: Models,
  { model = null }: Readonly<Record<string, unknown>>,
  otherwise?: "first",
): Promise<Open> {
  if (typeof model === "string") return await models.get(model);
  if (model === null && otherwise) return await models.get();
  throw wrong("model", `Cannot answer as model must be the name of one: ${currentOf(model ?? undefined)}`);
}

/** Models by name. */
export class Models implements Disposable {
  readonly #found: ReadonlyMap<string, ServedModel | FindModel>;
  readonly #open: Map<string, Open> = new Map();
  readonly #left: Set<Batcher> = new Set();
  /** When the table was made, in seconds since 1970. */
  readonly since: number = Math.floor(Date.now() / 1000);
  readonly #limits: { rows?: number; waiting?: number };

  /** Makes the table. */
  constructor(
    models: Readonly<Record<string, ServedModel | FindModel>>,
    limits: { rows?: number; waiting?: number },
  ) {
    this.#found = new Map(Object.entries(models));
    this.#limits = limits;
  }

  /** The names. */
  get names(): string[] {
    return [...this.#found.keys()];
  }

  /** Models that have been asked for, as they are. */
  get open(): Open[] {
    return [...this.#open.values()];
  }

  /**
   * Looks a model up.
   *
   * @param name Its name; the first one without.
   * @returns The model as it is now.
   * @throws {ApiError} If there is none of that name (404), or it is not there now (503).
   */
  async get(name: string = this.names[0]!): Promise<Open> {
    const found = this.require(name);
    const served = typeof found === "function" ? await this.#now(found) : found;
    const open = this.#open.get(name);
    if (open?.model === served.model) return open;
    const batcher = new Batcher(served.model, served.vocabulary, this.#limits);
    const scores = new PromptScores(served.model, served.vocabulary);
    const next = { ...served, name, batcher, scores };
    this.#open.set(name, next);
    if (open) this.#leave(open.batcher);
    return next;
  }

  /**
   * Looks a name up.
   *
   * @param name The name.
   * @returns What it stands for.
   * @throws {ApiError} If it is none (404).
   */
  require(name: string): ServedModel | FindModel {
    const found = this.#found.get(name);
    if (found !== undefined) return found;
    throw new ApiError(404, `Cannot find model ${quote(name)}: this server has ${this.names.join(", ")}`, {
      param: "model",
      code: "model_not_found",
    });
  }

  async #now(find: FindModel): Promise<ServedModel> {
    try {
      return await find();
    } catch (error) {
      throw new ApiError(503, error instanceof Error ? error.message : String(error));
    }
  }

  /** Keeps what served a model that has been replaced for those who have asked for that one. */
  #leave(batcher: Batcher): void {
    batcher.retire();
    this.#left.add(batcher);
    for (const one of this.#left) {
      if (one.waiting + one.running === 0) this.#left.delete(one);
    }
  }

  /** Gives up all batchers; models are their owner's. */
  [Symbol.dispose](): void {
    for (const { batcher } of this.#open.values()) batcher[Symbol.dispose]();
    for (const batcher of this.#left) batcher[Symbol.dispose]();
    this.#open.clear();
    this.#left.clear();
  }
}
