// A grid of any number of workgroups in one line, folded as a dimension holds 65535 at most: `line` in src/kernels.ts.

fn place_in_line(workgroup: vec3u) -> u32 {
  return workgroup.y * 32768u + workgroup.x;
}
