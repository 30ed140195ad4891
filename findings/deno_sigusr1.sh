#!/bin/sh
# A program listens to SIGUSR1. One would guess that the signal is then its own, as any other.
# Deno, from 2.9.2 on, opens its debugger on 127.0.0.1:9229 at the same signal, without --inspect and without a permission
# for the network: whoever can reach the port then runs code in the program. SIGUSR2 does nothing of the kind.
# refrain's train takes both for "save, and go on" (src/cli/train/signals.ts).
set -eu
DENO=2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit "deno@$DENO"

cat > listen.ts <<'JS'
const [name] = Deno.args as [Deno.Signal];
Deno.addSignalListener(name, () => console.log("heard"));
setTimeout(() => Deno.kill(Deno.pid, name), 1000); // the debugger is ready 0.5 s behind the start
setTimeout(() => Deno.exit(0), 2000);
JS

first=$(npx deno run --no-prompt --allow-run --no-lock listen.ts SIGUSR1 2>&1 | sed 's/[0-9a-f-]\{36\}/ID/')
second=$(npx deno run --no-prompt --allow-run --no-lock listen.ts SIGUSR2 2>&1)
echo "Deno $DENO, SIGUSR1: $first"
echo "Deno $DENO, SIGUSR2: $second"
[ "$second" = "heard" ] && echo "$first" | grep -q "Debugger listening on ws://127.0.0.1:9229/"
