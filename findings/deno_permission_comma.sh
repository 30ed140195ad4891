#!/bin/sh
# One would guess that there is a way to grant a path that has a comma in it, by a second comma, a backslash, quotes or a
# URL. Deno parts the paths of --allow-read at every comma; a second comma makes an empty path, which it refuses.
# refrain names the folder above such a path in the flags that it prints (src/files/permissions.ts).
set -eu
DENO=2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit "deno@$DENO"
echo text > 'one, two.txt'
cat > read.js <<'JS'
try {
  await Deno.readTextFile("one, two.txt");
  console.log("granted");
} catch (error) {
  console.log(error.name);
}
JS

said=""
for path in 'one, two.txt' 'one,, two.txt' 'one\, two.txt' '"one, two.txt"' "file://$folder/one%2C%20two.txt" .; do
  result=$(npx deno run --no-prompt --no-lock "--allow-read=$path" read.js 2>/dev/null || echo "no start")
  echo "Deno $DENO, --allow-read=$path: $result"
  said="$said$result;"
done
[ "$said" = "NotCapable;no start;NotCapable;NotCapable;NotCapable;granted;" ]
