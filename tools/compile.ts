/**
 * AssemblyScript on standard input becomes WebAssembly on standard output: what measures and tests asks for the compiler
 * this way, so that only tools/ knows its package.
 *
 *     deno run -A tools/compile.ts [flags of asc] < probe.ts > probe.wasm
 *
 * @module
 */
import asc from "assemblyscript/asc";

const source = await new Response(Deno.stdin.readable).text();
let wasm: string | Uint8Array | undefined;
const files = ["probe.ts", "--outFile", "probe.wasm", "--runtime", "stub", "--noAssert", "--use", "abort="];
const { error, stderr } = await asc.main([...files, ...Deno.args], {
  readFile: (name) => name === "probe.ts" ? source : null,
  writeFile: (_, contents) => {
    wasm = contents;
  },
  listFiles: () => [],
});
if (error || !(wasm instanceof Uint8Array)) {
  console.error(stderr.toString());
  Deno.exit(1);
}
await new Response(wasm.slice()).body!.pipeTo(Deno.stdout.writable);
