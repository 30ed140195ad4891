/**
 * What trainings on a corpus have in common, be it running text or lines: a model, a validation that is read as evaluate()
 * reads it, tokens a second and perplexity.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { digestOf, type Facts } from "./alike.ts";
import { claim } from "./claim.ts";
import { Course, type StepPlace } from "./course.ts";
import { Evaluator } from "./evaluate.ts";
import type { TrainOptions, TrainReport, TrainSettings } from "./options.ts";
import { validationReading } from "./reading.ts";
import { reportOf, type Told } from "./reports.ts";
import type { TrainingSetting } from "./state.ts";

/** A model and the corpus that it is trained on. */
export abstract class CorpusCourse<S extends State, Item> extends Course<Item, TrainReport, TrainingSetting> {
  readonly weights: RNNModel<S>;
  readonly #corpus: Corpus;
  readonly #options: TrainOptions;
  #evaluator: Evaluator<S> | undefined;

  /**
   * Takes nothing yet.
   *
   * @param model The model to train.
   * @param corpus What it is trained on.
   * @param options The options of train().
   * @param settings The same, checked.
   */
  constructor(model: RNNModel<S>, corpus: Corpus, options: TrainOptions, settings: TrainSettings) {
    super(model.device, options, settings);
    this.weights = model;
    this.#corpus = corpus;
    this.#options = options;
  }

  /** Claims the model's parameters, and makes what moves them and what validates. */
  protected takeModel(): void {
    const { validation } = this.#options;
    const parameters = this.weights.parameters();
    this.own(claim(parameters));
    this.take(parameters, this.#options);
    this.#evaluator = validation && this.own(validatorOf(this.weights, validation));
  }

  /** Steps of an epoch. */
  abstract readonly stepsPerEpoch: number;

  override tellStep(place: StepPlace): void | Promise<void> {
    const { onStep } = this.#options;
    if (!onStep) return; // no look at the clock
    const { stepsPerEpoch, clock: { tokensPerSecond } } = this;
    return onStep({ ...place, stepsPerEpoch, tokensPerSecond, ...this.step.loss.recent });
  }

  override validate(epoch: number): Promise<{ loss: number }> | undefined {
    const { onValidation } = this.#options;
    const place = { epoch, epochs: this.settings.epochs };
    const running = this.#evaluator?.run(this.signal, () => onValidation?.(place));
    return running && this.ranks ? running.then((validated) => this.agreed(validated)) : running;
  }

  protected override async facts(): Promise<Facts> {
    const { validation } = this.#options;
    return {
      "the text": await digestOf(this.#corpus.ids), // first: sizes and weights go by it
      "the validation text": validation ? await digestOf(validation.ids) : "",
      ...await super.facts(),
    };
  }

  override reportOf(told: Told, validationLoss?: number): TrainReport {
    const { clock, optimizer, stepsPerEpoch } = this;
    return reportOf(told, { clock, stepsPerEpoch, optimizer, validationLoss });
  }

  override describe(): string {
    return String(this.weights);
  }
}

function validatorOf<S extends State>(model: RNNModel<S>, validation: Corpus): Evaluator<S> {
  return new Evaluator(model, validation, validationReading(validation));
}
