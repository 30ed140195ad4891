/** Float64 reference of the kernel activation. @module */
import { ACTIVATION_KINDS, type Buffers, type Params } from "../../kernels.ts";

/** A function with its derivative. */
interface Both {
  value(x: number): number;
  slope(x: number): number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** The argument of tanh that approximates the normal distribution. */
const inner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
/** P(x): of the standard normal distribution, how much lies below x. */
const below = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;

const KINDS: Readonly<Record<(typeof ACTIVATION_KINDS)[number], Both>> = {
  relu: { value: (x) => x <= 0 ? 0 : x, slope: (x) => x <= 0 ? 0 : 1 },
  tanh: { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  sigmoid: { value: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)) },
  gelu: {
    value: (x) => x * below(x),
    slope: (x) => below(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI),
  },
  gelu_tanh: {
    value: (x) => x / 2 * (1 + Math.tanh(inner(x))),
    slope: (x) => {
      const t = Math.tanh(inner(x));
      return (1 + t) / 2 + x / 2 * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    },
  },
};

/** y[i] = f(x[i]), or dy[i] f'(x[i]) where `gradient`; += where `accumulate`. */
export function activation(
  { x, dy, y }: Buffers<"activation", Float64Array>,
  { count, kind, gradient, accumulate }: Params<"activation">,
): void {
  const { value, slope } = KINDS[ACTIVATION_KINDS[kind]!];
  for (let i = 0; i < count; i++) {
    y[i] = (accumulate ? y[i]! : 0) + (gradient ? dy[i]! * slope(x[i]!) : value(x[i]!));
  }
}

/** By its series with positive terms, which no rounding spoils; exactly -1 and 1 from 6 on. (Abramowitz and Stegun 7.1.6.) */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}
