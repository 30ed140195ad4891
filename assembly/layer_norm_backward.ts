// The gradient of layer_norm_forward: with g = dy * weight, n = (x - m) * r and means over the row,
// dx = r * (g - mean(g) - n * mean(g * n)), += where `accumulate`; products = dy * n, whose sum over rows is dweight.
// x, dy, dx, products (rows, columns); weight (columns), read where `scaled`, else 1, and then products are not written;
// statistics (rows, 2): m and r.
import { get, put } from "./lib/lanes";
import { addWide, BLOCK, total } from "./lib/wide";

export function layer_norm_backward(
  x: usize,
  weight: usize,
  statistics: usize,
  dy: usize,
  dx: usize,
  products: usize,
  rows: u32,
  columns: u32,
  scaled: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const factor = scaled != 0 ? weight : 0;
  for (let row = begin; row < end; row++) {
    const start = ((row * columns) << 2) as usize;
    const m = v128.load32_splat(statistics + (row << 3)), r = v128.load32_splat(statistics + (row << 3), 4);
    let wide = f64x2.splat(0), wideAlong = wide;
    for (let c: u32 = 0; c < columns;) {
      let part = f32x4.splat(0), along = part;
      for (const stop = min(columns, c + 4 * BLOCK); c < stop; c += 4) {
        const n = min<u32>(4, columns - c);
        const at = start + (c << 2);
        const normal = f32x4.mul(f32x4.sub(get(x + at, n), m), r);
        const upstream = get(dy + at, n);
        if (scaled != 0) put(products + at, f32x4.mul(upstream, normal), n);
        const g = times(upstream, factor, c, n); // 0 in the lanes that are left over
        part = f32x4.add(part, g);
        along = f32x4.add(along, f32x4.mul(g, normal));
      }
      wide = addWide(wide, part);
      wideAlong = addWide(wideAlong, along);
    }
    const meanG = f32x4.splat(<f32> (total(wide) / columns));
    const meanAlong = f32x4.splat(<f32> (total(wideAlong) / columns));
    for (let c: u32 = 0; c < columns; c += 4) {
      const n = min<u32>(4, columns - c);
      const at = start + (c << 2);
      const normal = f32x4.mul(f32x4.sub(get(x + at, n), m), r);
      const g = times(get(dy + at, n), factor, c, n);
      const value = f32x4.mul(r, f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(normal, meanAlong)));
      put(dx + at, accumulate != 0 ? f32x4.add(get(dx + at, n), value) : value, n);
    }
  }
}

// Times the weight, where there is one.
// @ts-ignore: decorator
@inline
function times(upstream: v128, weight: usize, c: u32, n: u32): v128 {
  return weight != 0 ? f32x4.mul(upstream, get(weight + (c << 2), n)) : upstream;
}
