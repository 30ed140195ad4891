/**
 * Batches of arrays as what a training is of.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import { counted } from "../../messages/printable.ts";
import { typeName } from "../../messages/type_name.ts";
import { checkParameters, type Parameter } from "../../tensors/parameters.ts";
import { turn, unlessAborted } from "../../turn.ts";
import { claim } from "../claim.ts";
import { Course, type StepPlace } from "../course.ts";
import { checkCalls, loopSettingsOf } from "../loop_options.ts";
import type { Told } from "../reports.ts";
import type { Bounds } from "../state.ts";
import { type ArrayBatch, BatchReader } from "./batch.ts";
import { type Batches, FIT_OPTIONS, type FitOptions, type FitReport, type FitSetting } from "./options.ts";
import { ParameterList } from "./parameter_list.ts";
import type { AnyStep } from "./recordings.ts";
import { FitStep } from "./step.ts";
import { type AnyMeasure, FitValidation } from "./validation.ts";

/** Parameters, and the batches that they are fitted to. */
export class FitCourse<B extends ArrayBatch<B>> extends Course<B, FitReport, FitSetting> {
  readonly step: FitStep;
  readonly weights: ParameterList;
  readonly #parameters: readonly Parameter[];
  readonly #batches: Batches<B>;
  readonly #options: FitOptions<B>;
  readonly #validation: FitValidation | undefined;
  /** What the last validation's measure came to. */
  #measured: number | undefined;

  /**
   * Checks what can be checked before the first batch.
   *
   * @param parameters What is trained.
   * @param batches What it is trained on.
   * @param options The options of fit().
   * @throws {RangeError} If a number is out of range.
   * @throws {TypeError} If there are no parameters, batches that can be read again or step, or an option is unknown.
   * @throws {DeviceError} If another training has the parameters.
   */
  constructor(parameters: readonly Parameter[], batches: Batches<B>, options: FitOptions<B>) {
    checkParameters(parameters, "fit(parameters, batches, options)");
    if (parameters.length === 0) throw new TypeError("Cannot fit an empty list of parameters");
    const settings = loopSettingsOf("fit", options, FIT_OPTIONS);
    const { step, validation, measure, onStep, optimizer, learningRate } = options;
    checkCalls("fit", { onStep, measure });
    if (measure && !validation) {
      throw new TypeError("Cannot fit with a measure and no validation, whose batches it is of");
    }
    if (optimizer && learningRate !== undefined) {
      throw new TypeError(
        "Cannot fit with learningRate beside an optimizer, which has its own: new Adam(parameters, { learningRate })",
      );
    }
    if (typeof step !== "function") {
      throw new TypeError(
        `Cannot fit as step must be a function of a batch and a tape: current value is ${quote(step)}`,
      );
    }
    checkBatches("batches", batches);
    if (validation !== undefined) checkBatches("validation", validation);
    const { device } = parameters[0]!;
    super(device, options, settings);
    this.#parameters = parameters;
    this.#batches = batches;
    this.#options = options;
    this.weights = new ParameterList(parameters);
    this.claim()[Symbol.dispose]();
    try {
      this.take(parameters, options);
      if (!this.optimizer.isOf(parameters)) {
        throw new TypeError(
          "Cannot fit with an optimizer of other parameters: what stays as it is is left out of both lists",
        );
      }
      const reader = new BatchReader();
      const given = { device, parameters, optimizer: this.optimizer, clip: settings.clip, reader };
      const anyStep = step as unknown as AnyStep;
      this.step = this.own(new FitStep({ ...given, step: anyStep }));
      this.#validation = validation &&
        this.own(new FitValidation(device, anyStep, reader, measure as unknown as AnyMeasure));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get setting(): FitSetting {
    return Array.isArray(this.#batches) ? { batches: this.#batches.length } : {};
  }

  get bounds(): Bounds {
    const { batches: stepsPerEpoch } = this.setting;
    return { ...(stepsPerEpoch === undefined ? {} : { stepsPerEpoch }), runsPerStep: 1 };
  }

  override claim(): Disposable {
    return claim(this.#parameters);
  }

  override items(epoch: number): Iterable<B> {
    return batchesOf(this.#batches, { epoch, task: "fit" });
  }

  override prepare(batch: B): Promise<void> | undefined {
    return this.step.prepare(batch) ? this.#ready() : undefined;
  }

  async #ready(): Promise<void> {
    const { signal, device } = this;
    await turn({ signal }); // to record the step took long
    await unlessAborted(device.ready(), signal);
  }

  override give(batch: B): Iterable<unknown> {
    this.step.run(batch);
    return [];
  }

  override tellStep(place: StepPlace): void | Promise<void> {
    const { onStep } = this.#options;
    if (!onStep) return; // no look at the clock
    return onStep({ ...place, stepsPerSecond: this.clock.stepsPerSecond, ...this.step.loss.recent });
  }

  override validate(epoch: number): Promise<{ loss: number }> | undefined {
    const { validation } = this.#options;
    return validation && this.#validate(batchesOf(validation, { epoch, task: "validate" }));
  }

  async #validate(batches: Iterable<B>): Promise<{ loss: number }> {
    const { loss, measure } = await this.#validation!.run(batches, this.signal);
    this.#measured = measure;
    return { loss };
  }

  override reportOf(
    { epoch, step, loss, epochLoss, steps, gradNorm }: Told,
    validationLoss?: number,
  ): FitReport {
    return {
      epoch,
      ...(step === undefined ? undefined : { step }),
      loss,
      ...(epochLoss === undefined ? undefined : { epochLoss }),
      ...(validationLoss === undefined ? undefined : { validationLoss }),
      ...(validationLoss === undefined || this.#measured === undefined
        ? undefined
        : { validationMeasure: this.#measured }),
      stepsPerSecond: this.clock.stepsPerSecond,
      steps,
      gradNorm,
      learningRate: this.optimizer.learningRate,
    };
  }

  override describe(): string {
    return `${counted(this.weights.parameterCount(), "parameter")} on ${this.device.name}`;
  }
}

/** The batches of an epoch, one at least. */
function* batchesOf<B>(
  batches: Batches<B>,
  { epoch, task }: { epoch: number; task: string },
): Generator<B, void, void> {
  let empty = true;
  const given = typeof batches === "function" ? batches(epoch) : batches;
  if (typeof (given as Partial<Iterable<B>> | undefined)?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot ${task} as the function of the epoch must give an array or a generator that nobody waits for: it gave ${
        typeName(given)
      }`,
    );
  }
  for (const batch of given) {
    empty = false;
    yield batch;
  }
  if (empty) throw new RangeError(`Cannot ${task} without batches: epoch ${epoch} has none`);
}

/** What can be read once only would leave the second epoch empty. */
function checkBatches(name: string, batches: unknown): void {
  if (typeof batches === "function") return;
  if (
    typeof (batches as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator] === "function"
  ) {
    throw new TypeError(
      `Cannot fit as ${name} must be there when a step wants them: await Array.fromAsync(${name}) gathers those that come later`,
    );
  }
  const iterator = (batches as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator];
  if (typeof batches !== "object" || typeof iterator !== "function") {
    throw new TypeError(
      `Cannot fit as ${name} must be an array of batches, or a function of the epoch that gives them: current value is ${
        quote(batches)
      }`,
    );
  }
  if (iterator.call(batches) as unknown === batches) {
    throw new TypeError(
      `Cannot fit as ${name} can be read once only: an array can be read again, or a function of the epoch makes them anew`,
    );
  }
}
