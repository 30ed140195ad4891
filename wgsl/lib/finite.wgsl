// Whether a number is neither infinite nor a NaN.

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; // by bits, as drivers may take it for granted of numbers
}
