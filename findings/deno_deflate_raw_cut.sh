#!/bin/sh
# One would guess that DecompressionStream refuses data that is cut off, as the Compression Streams standard asks and as
# Node does. Deno does for gzip, but its "deflate-raw" ends without an error, with as much as there was.
# refrain holds the size and the checksum of a zip file's entry itself (src/files/zip.ts).
set -eu
DENO=2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit "deno@$DENO"

cat > cut.mjs <<'JS'
const text = Array.from({ length: 5000 }, (_, i) => `line ${i * i}`).join("\n");
const told = [];
for (const format of ["gzip", "deflate-raw"]) {
  const through = async (bytes, transform) =>
    new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(transform)).arrayBuffer());
  const packed = await through(text, new CompressionStream(format));
  const half = packed.slice(0, packed.length >> 1);
  try {
    const { length } = await through(half, new DecompressionStream(format));
    told.push(`${format} accepted${length < text.length ? " in part" : ""}`);
  } catch {
    told.push(`${format} refused`);
  }
}
console.log(told.join(", "));
JS

node=$(node cut.mjs)
deno=$(npx deno run -A --no-lock cut.mjs)
echo "Node $(node --version): $node"
echo "Deno $DENO: $deno"
[ "$node" = "gzip refused, deflate-raw refused" ] &&
  [ "$deno" = "gzip refused, deflate-raw accepted in part" ]
