/** What onnxruntime-web answers in Chromium. @module */
import { launchChromium, openPage } from "../../browser/launch.ts";

const PAGE = `<!DOCTYPE html><script type="module">
const places = ["/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs", "/judge.js"];
const [ort, { judged }] = await Promise.all(places.map((place) => import(place)));
ort.env.wasm.wasmPaths = "/node_modules/onnxruntime-web/dist/";
ort.env.wasm.numThreads = 1;
const read = async (file) => new Uint8Array(await (await fetch("/" + file)).arrayBuffer());
const runs = await (await fetch("/exports_onnx.json")).json();
judged(ort, runs, read).then((found) => globalThis.found = found, (error) => globalThis.found = { error: String(error) });
</script>`;
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
  json: "application/json",
};

/**
 * Runs the files of a folder, in which the package is installed.
 *
 * @param folder The folder.
 * @returns How far each file answers from what it is to answer.
 */
export async function judgeInBrowser(folder: string): Promise<Record<string, number | null>> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(PAGE, { headers: { "content-type": "text/html" } });
    const path = pathname === "/judge.js" ? new URL("judge.js", import.meta.url) : folder + pathname;
    const body = await Deno.readFile(path).catch(() => null);
    const type = TYPES[pathname.split(".").at(-1)!] ?? "application/octet-stream";
    return new Response(body, { status: body ? 200 : 404, headers: { "content-type": type } });
  });
  await using browser = await launchChromium();
  await using page = await openPage(browser);
  await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  await page.waitForFunction("globalThis.found !== undefined");
  return await page.evaluate("globalThis.found");
}
