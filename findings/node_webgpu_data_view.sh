#!/bin/sh
# WebGPU's writeBuffer() takes any buffer source. One would guess that a DataView is as good as an array, as it is in Deno.
# npm's webgpu, which is Dawn for Node, takes an ArrayBuffer and a Float32Array and refuses a DataView of the same bytes.
# refrain writes from ArrayBuffers for it (src/device/webgpu/list.ts).
#
# Needs a Vulkan driver that Dawn accepts. Mesa 22.3's software driver lacks a feature; SwiftShader serves, named by
# VK_ICD_FILENAMES: the file vk_swiftshader_icd.json of a Chromium.
set -eu
WEBGPU=0.6.2
DENO=2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit "webgpu@$WEBGPU" "deno@$DENO"

cat > write.mjs <<'JS'
const inDeno = "Deno" in globalThis;
const { create, globals } = inDeno ? {} : await import("webgpu");
if (!inDeno) Object.assign(globalThis, globals);
const gpu = inDeno ? navigator.gpu : create([]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error("there is no adapter: name a Vulkan driver by VK_ICD_FILENAMES");
const device = await adapter.requestDevice();
const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });
const bytes = new ArrayBuffer(16);
const told = [bytes, new Float32Array(bytes), new DataView(bytes)].map((source) => {
  try {
    device.queue.writeBuffer(buffer, 0, source);
    return `${source.constructor.name} accepted`;
  } catch (error) {
    return `${source.constructor.name} refused`;
  }
});
console.log(told.join(", "));
process.exit(0);
JS

dawn=$(node write.mjs)
wgpu=$(npx deno run -A --no-lock write.mjs)
echo "webgpu $WEBGPU in Node: $dawn"
echo "Deno $DENO: $wgpu"
[ "$dawn" = "ArrayBuffer accepted, Float32Array accepted, DataView refused" ] &&
  [ "$wgpu" = "ArrayBuffer accepted, Float32Array accepted, DataView accepted" ]
