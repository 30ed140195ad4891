// Where a workgroup is in its kernel's grid, across by down workgroups. What a dispatch has is folded where that is larger than a
// device's dimensions hold, and may have some workgroups too many: src/device/webgpu/grid.ts.

fn place(workgroup: vec3u, grid: vec3u) -> vec2u {
  let index = (workgroup.z * grid.y + workgroup.y) * grid.x + workgroup.x;
  return vec2u(index % params.across, index / params.across);
}

fn is_surplus(tile: vec2u) -> bool {
  return tile.y >= params.down;
}
