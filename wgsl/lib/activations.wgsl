// exp, log, sigmoid and tanh of our own: WGSL's are loose, and overflow on some drivers. Polynomials: Cephes expf, logf and
// tanhf (Moshier 1992). Largest error against float64, measured at a million points: exp 1.5e-7 relative on [-87, 88],
// log 8.3e-8 relative on [1e-3, 1e6], sigmoid 7.1e-8 absolute and 2.4e-7 relative from -87 on, tanh 8.4e-8 absolute and
// 1.5e-7 relative. A NaN stays one, so that the latch of clip_grad_norm sees it.

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn keep_nan(x: f32, y: f32) -> f32 {
  return select(y, x, is_nan(x));
}

// e^x for x <= 88, from -87.7 down 0: Cody and Waite's x = n ln 2 + r with |r| <= ln 2 / 2, e^r by a polynomial of
// degree 7.
fn exp_by_parts(x: f32) -> f32 {
  let bounded = clamp(x, -88.0, 88.0);
  let n = i32(round(bounded * 1.44269504));
  // ln 2 in two parts, the first 355 / 512, exact in products; by whole numbers, as Mesa would join n a + n b to n (a + b).
  let r = fma(f32(n), 2.12194440e-4, bounded - f32(n * 355) * 0.001953125);
  var p = fma(1.9875691500e-4, r, 1.3981999507e-3);
  p = fma(p, r, 8.3334519073e-3);
  p = fma(p, r, 4.1665795894e-2);
  p = fma(p, r, 1.6666665459e-1);
  p = fma(p, r, 5.0000001201e-1);
  let value = fma(p * r, r, r) + 1.0;
  return keep_nan(x, value * bitcast<f32>(u32(n + 127) << 23u)); // n = -127 makes the factor 0
}

// log x for normal x > 0: x = 2^n (1 + r) with sqrt(1/2) <= 1 + r < sqrt(2).
fn log_by_parts(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let up = select(0u, 1u, (bits & 0x7fffffu) >= 0x3504f3u); // the mantissa is sqrt(2) or more
  let n = f32(i32((bits >> 23u) + up) - 127);
  let r = bitcast<f32>((bits & 0x7fffffu) | ((127u - up) << 23u)) - 1.0;
  var p = fma(7.0376836292e-2, r, -1.1514610310e-1);
  p = fma(p, r, 1.1676998740e-1);
  p = fma(p, r, -1.2420140846e-1);
  p = fma(p, r, 1.4249322787e-1);
  p = fma(p, r, -1.6668057665e-1);
  p = fma(p, r, 2.0000714765e-1);
  p = fma(p, r, -2.4999993993e-1);
  p = fma(p, r, 3.3333331174e-1);
  let square = r * r;
  let small = fma(n, -2.12194440e-4, fma(p * r, square, -0.5 * square));
  return keep_nan(x, fma(n, 0.693359375, r + small));
}

// log(1 + e) for e from 0 to 1: 2 artanh(e / (2 + e)) by its series to the 13th power, so that a small e keeps its relative
// accuracy. Largest relative error at two million points 1.8e-7, products and sums fused or not.
fn log_one_plus(e: f32) -> f32 {
  let z = e / (e + 2.0);
  let u = z * z;
  var series = fma(u, 1.0 / 13.0, 1.0 / 11.0);
  series = fma(series, u, 1.0 / 9.0);
  series = fma(series, u, 1.0 / 7.0);
  series = fma(series, u, 1.0 / 5.0);
  series = fma(series, u, 1.0 / 3.0);
  return fma(series * u, 2.0 * z, 2.0 * z);
}

// 1 / (1 + e^-x), by e^-|x|, which cannot overflow; exactly 0 and 1 far out.
fn sigmoid(x: f32) -> f32 {
  let e = exp_by_parts(-abs(x));
  let below = e / (1.0 + e);
  return select(below, 1.0 - below, x >= 0.0);
}

// An odd polynomial below 0.625, above it 1 - 2 e^-2|x| / (1 + e^-2|x|); exactly -1 and 1 from |x| = 9.1 on.
fn tanh_by_parts(x: f32) -> f32 {
  let square = x * x;
  var p = fma(-5.70498872745e-3, square, 2.06390887954e-2);
  p = fma(p, square, -5.37397155531e-2);
  p = fma(p, square, 1.33314422036e-1);
  p = fma(p, square, -3.33332819422e-1);
  let near = fma(p * square, x, x);
  let e = exp_by_parts(-2.0 * abs(x));
  let far = 1.0 - 2.0 * e / (1.0 + e);
  return select(select(far, -far, x < 0.0), near, abs(x) < 0.625);
}
