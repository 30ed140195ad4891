// The activation of a cell's gates: a class each, of which a loop over units takes one.
import { sigmoid } from "./activations";

// For loops that are not entered where the gates are hard.
// @ts-ignore: decorator
@unmanaged
export class Sigmoid {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return sigmoid(x);
  }

  // The derivative where the value is y.
  // @ts-ignore: decorator
  @inline
  slope(y: v128): v128 {
    return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
  }
}

// The sigmoid, or clip(x / hard + 1/2, 0, 1): from -hard / 2 to hard / 2 a line, flat beyond.
// @ts-ignore: decorator
@unmanaged
export class AnyGate {
  static scale: f32 = 0; // 1 / hard, or 0 for the sigmoid

  static set(hard: u32): void {
    AnyGate.scale = hard ? 1 / (<f32> hard) : 0;
  }

  // @ts-ignore: decorator
  @inline
  static hard(): bool {
    return AnyGate.scale != 0;
  }

  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return AnyGate.hard() ? hardSigmoid(x) : sigmoid(x);
  }

  // The derivative where the value is y.
  // @ts-ignore: decorator
  @inline
  slope(y: v128): v128 {
    const one = f32x4.splat(1);
    if (!AnyGate.hard()) return f32x4.mul(y, f32x4.sub(one, y));
    return v128.and(f32x4.splat(AnyGate.scale), v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, one)));
  }
}

// A NaN stays a NaN: min and max give it.
// @ts-ignore: decorator
@inline
function hardSigmoid(x: v128): v128 {
  const line = f32x4.add(f32x4.mul(x, f32x4.splat(AnyGate.scale)), f32x4.splat(0.5));
  return f32x4.min(f32x4.max(line, f32x4.splat(0)), f32x4.splat(1));
}
