/**
 * Learning rates over time, as torch.optim.lr_scheduler has them, each behind a linear warm-up if wanted. Pure numbers: a
 * schedule knows no optimizer.
 *
 * @module
 */
import { refuseUnknown } from "../messages/options.ts";
import { optionsText, Printable } from "../messages/printable.ts";
import { assertIn, type NumberRange, RANGES } from "../ranges.ts";
import { quote } from "../messages/quote.ts";

/** A schedule by its name and its numbers. Steps are steps of the schedule: epochs, or steps of training. */
export type ScheduleOptions =
  & {
    /**
     * Steps over which the rate rises linearly to the base rate; the schedule proper begins behind them.
     *
     * @default {0}
     */
    warmup?: number;
    /**
     * The rate of the first step of the warm-up, as a share of the base rate.
     *
     * @default {1 / 3}
     */
    warmupStart?: number;
  }
  & (
    | { kind: "constant" }
    /** The rate times `gamma` every `stepSize` steps: StepLR. */
    | { kind: "step"; stepSize: number; gamma?: number }
    /** The rate times `gamma` every step: ExponentialLR. */
    | { kind: "exponential"; gamma: number }
    /** Half a cosine from the base rate to `minRate` over `maxSteps` steps, and back behind them: CosineAnnealingLR. */
    | { kind: "cosine"; maxSteps: number; minRate?: number }
    /** The rate times `factor` after more than `patience` steps without a better metric: ReduceLROnPlateau. */
    | {
      kind: "plateau";
      factor?: number;
      patience?: number;
      threshold?: number;
      cooldown?: number;
      minRate?: number;
    }
  );

/** What a kind has, and the others need not have. */
type OptionOf<K> = Exclude<
  keyof Extract<ScheduleOptions, { kind: K }>,
  "kind" | "warmup" | "warmupStart"
>;

/** The kinds, each with the number that it cannot do without. */
const KINDS: Readonly<Record<ScheduleOptions["kind"], string | undefined>> = {
  constant: undefined,
  step: "stepSize",
  exponential: "gamma",
  cosine: "maxSteps",
  plateau: undefined,
};

/** The numbers of each kind, beside those of the warm-up. */
const OPTIONS: { readonly [kind in ScheduleOptions["kind"]]: readonly OptionOf<kind>[] } = {
  constant: [],
  step: ["stepSize", "gamma"],
  exponential: ["gamma"],
  cosine: ["maxSteps", "minRate"],
  plateau: ["factor", "patience", "threshold", "cooldown", "minRate"],
};

/** What each number must be. As in PyTorch, a factor must reduce the rate, and a warm-up must not begin at 0. */
const NUMBERS: Readonly<Record<string, NumberRange>> = {
  baseRate: RANGES.rate,
  gamma: RANGES.rate,
  minRate: RANGES.rate,
  threshold: RANGES.rate,
  warmup: RANGES.amount,
  stepSize: RANGES.count,
  patience: RANGES.amount,
  cooldown: RANGES.amount,
  maxSteps: { ...RANGES.count, to: Number.MAX_SAFE_INTEGER }, // epochs times the steps of one
  factor: { kind: "number", from: 0, below: 1 },
  warmupStart: RANGES.share,
};

function checkOptions(baseRate: number, options: ScheduleOptions): void {
  if (!Object.hasOwn(KINDS, options.kind)) {
    const known = Object.keys(KINDS).join(", ");
    throw new TypeError(`Cannot use a schedule of unknown kind "${options.kind}": known are ${known}`);
  }
  const { kind, warmup, warmupStart } = options;
  const own = Object.fromEntries(OPTIONS[kind].map((name) => [name, undefined]));
  refuseUnknown(`use schedule "${kind}"`, options, { kind, warmup, warmupStart, ...own });
  const given = { ...options, baseRate } as Readonly<Record<string, unknown>>;
  for (const [name, range] of Object.entries(NUMBERS)) {
    const value = given[name];
    if (value === undefined && KINDS[options.kind] !== name) continue;
    assertIn(range, value, { action: "use a schedule", name });
  }
}

/** Where a schedule is: plain data. */
export interface ScheduleState {
  /** Steps of the schedule that have ended. */
  steps: number;
  /** The rate of the present step. */
  rate: number;
  /** What "plateau" knows: the best metric, Infinity before the first; steps without a better one; steps to rest. */
  plateau: { best: number; bad: number; cooldown: number };
}

/** A learning rate that changes over time. */
export class Schedule extends Printable {
  readonly #base: number;
  readonly #options: ScheduleOptions;
  #plateau: ScheduleState["plateau"] = {
    best: Infinity,
    bad: 0,
    cooldown: 0,
  };
  #rate: number;
  #steps = 0;

  /**
   * Begins a schedule.
   *
   * @param baseRate The rate behind the warm-up.
   * @param options The kind of schedule, and its numbers.
   * @throws {TypeError} If the kind is unknown, or an option that it does not have is given.
   * @throws {RangeError} If a number is missing or out of range.
   *
   * @example Usage
   * ```ts
   * import { Schedule } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * const schedule = new Schedule(0.1, { kind: "step", stepSize: 2, gamma: 0.5 });
   * assertEquals([schedule.rate, schedule.next(), schedule.next()], [0.1, 0.1, 0.05]);
   * ```
   */
  constructor(baseRate: number, options: ScheduleOptions) {
    super();
    checkOptions(baseRate, options);
    this.#base = baseRate;
    this.#options = options;
    this.#rate = this.#rateAt(0);
  }

  /**
   * The schedule in a line: `Schedule(step, stepSize: 2, gamma: 0.5), rate 0.1 at step 0`.
   *
   * @returns Its kind and numbers, and where it is.
   */
  override toString(): string {
    const { kind, ...numbers } = this.#options;
    const parts = [kind, ...optionsText(numbers)];
    return `Schedule(${parts.join(", ")}), rate ${this.#rate} at step ${this.#steps}`;
  }

  /** The rate of the present step. */
  get rate(): number {
    return this.#rate;
  }

  /**
   * Goes on by one step.
   *
   * @param metric What "plateau" watches: lower is better.
   * @returns The rate of the next step.
   * @throws {TypeError} If "plateau" is given no metric.
   */
  next(metric?: number): number {
    this.#steps++;
    const { warmup = 0 } = this.#options;
    const behind = this.#steps > warmup;
    this.#rate = this.#options.kind === "plateau" && behind ? this.#watch(metric) : this.#rateAt(this.#steps);
    return this.#rate;
  }

  /**
   * Where it is.
   *
   * @returns Plain data, which restore() takes.
   */
  state(): ScheduleState {
    return { steps: this.#steps, rate: this.#rate, plateau: { ...this.#plateau } };
  }

  /**
   * Goes on from where another schedule of the same options was.
   *
   * @param state What state() gave.
   * @throws {RangeError} If a number is out of range.
   */
  restore(state: ScheduleState): void {
    const { steps, rate, plateau } = state;
    const action = "restore a schedule";
    refuseUnknown(action, state, { steps, rate, plateau });
    const { best, bad, cooldown } = plateau;
    refuseUnknown(action, plateau, { best, bad, cooldown });
    assertIn({ ...RANGES.amount, to: Number.MAX_SAFE_INTEGER }, steps, { action, name: "steps" });
    assertIn(RANGES.rate, rate, { action, name: "rate" });
    for (const [name, value] of Object.entries({ bad, cooldown })) {
      assertIn(RANGES.amount, value, { action, name });
    }
    if (typeof best !== "number" || Number.isNaN(best)) {
      throw new RangeError(
        `Cannot restore a schedule as best must be a number: current value is ${quote(best)}`,
      );
    }
    this.#steps = steps;
    this.#rate = rate;
    this.#plateau = { best, bad, cooldown };
  }

  #rateAt(step: number): number {
    const { warmup = 0, warmupStart = 1 / 3 } = this.#options;
    const base = this.#base;
    if (step < warmup) return base * (warmupStart + (1 - warmupStart) * step / warmup);
    const t = step - warmup;
    const options = this.#options;
    switch (options.kind) {
      case "step":
        return base * (options.gamma ?? 0.1) ** Math.floor(t / options.stepSize);
      case "exponential":
        return base * options.gamma ** t;
      case "cosine": {
        const { maxSteps, minRate = 0 } = options;
        return minRate + (base - minRate) * (1 + Math.cos(Math.PI * t / maxSteps)) / 2;
      }
      default:
        return base;
    }
  }

  #watch(metric: number | undefined): number {
    if (metric === undefined) throw new TypeError('Cannot go on with schedule "plateau": it needs a metric');
    const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, minRate = 0 } = this
      .#options as Extract<
        ScheduleOptions,
        { kind: "plateau" }
      >;
    const state = this.#plateau;
    if (metric < state.best * (1 - threshold)) {
      state.best = metric;
      state.bad = 0;
    } else state.bad++;
    if (state.cooldown > 0) {
      state.cooldown--;
      state.bad = 0;
    }
    if (state.bad <= patience) return this.#rate;
    state.cooldown = cooldown;
    state.bad = 0;
    const reduced = Math.max(this.#rate * factor, minRate);
    return this.#rate - reduced > 1e-8 ? reduced : this.#rate; // PyTorch's eps: smaller changes are not worth it
  }
}
