// A function of each element: y[i] = f(x[i]), or where `gradient` y[i] = dy[i] * f'(x[i]); += where `accumulate`.
// x, dy, y (count); dy is not read without `gradient`. By `kind`:
//   0 relu       max(x, 0); f'(x) = 0 for x <= 0
//   1 tanh       f'(x) = 1 - tanh(x)^2
//   2 sigmoid    s = 1 / (1 + e^-x); f'(x) = s (1 - s)
//   3 gelu       x P(x), P(x) = (1 + erf(x / sqrt(2))) / 2; f'(x) = P(x) + x e^(-x^2 / 2) / sqrt(2 pi)
//   4 gelu_tanh  x s, s = (1 + tanh(u)) / 2 = 1 / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3), which is nearly P(x);
//                f'(x) = s + x s (1 - s) 2 u', whose product is of s at -|u|, where 1 - s is exact
// Sources: Hendrycks and Gimpel 2016 for the last two. A NaN stays one.

// A workgroup of 256 takes 1024 elements.

// uses lib/activations.wgsl
// uses lib/erf.wgsl
// uses lib/grid.wgsl

// P(x)
fn below(x: f32) -> f32 {
  return fma(0.5, erf(x * 0.70710678), 0.5);
}

fn value_of(x: f32) -> f32 {
  switch kind {
    case 0u: {
      return keep_nan(x, max(x, 0.0));
    }
    case 1u: {
      return tanh_by_parts(x);
    }
    case 2u: {
      return sigmoid(x);
    }
    case 3u: {
      return x * below(x);
    }
    default: {
      return x * sigmoid(1.59576912 * fma(0.044715 * x * x, x, x));
    }
  }
}

fn slope_of(x: f32) -> f32 {
  switch kind {
    case 1u: {
      let t = tanh_by_parts(x);
      return fma(-t, t, 1.0);
    }
    case 2u: {
      let s = sigmoid(x);
      return s * (1.0 - s);
    }
    case 3u: {
      return fma(x, 0.39894228 * exp_by_parts(-0.5 * x * x), below(x));
    }
    default: {
      let square = x * x;
      let s = sigmoid(-abs(1.59576912 * fma(0.044715 * square, x, x)));
      let rise = x * (s * (1.0 - s)) * (1.59576912 * fma(0.134145, square, 1.0));
      return select(s, 1.0 - s, x >= 0.0) + rise;
    }
  }
}

@compute @workgroup_size(256)
fn activation(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let start = tile.x * 1024u + local;
  for (var i = start; i < min(start + 1024u, params.count); i += 256u) {
    var value = 0.0;
    if (gradient == 0u) {
      value = value_of(x[i]);
    } else if (kind == 0u) {
      value = select(dy[i], 0.0, x[i] <= 0.0 && !is_nan(x[i])); // an infinite dy ends here
    } else {
      value = dy[i] * slope_of(x[i]);
    }
    if (params.accumulate != 0u) {
      y[i] += value;
    } else {
      y[i] = value;
    }
  }
}
