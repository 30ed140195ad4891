/**
 * A page that starts workers and asks them, and the files of a folder beside it.
 *
 * @module
 */

/** `ask` starts a script's worker with its first message, and gives its answer; `end` ends it. */
const PAGE = `<!DOCTYPE html><script>
const workers = new Map();
function ask(script, message) {
  if (!workers.has(script)) workers.set(script, new Worker("/" + script + ".js" + location.search, { type: "module" }));
  const worker = workers.get(script);
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message });
    worker.postMessage(message);
  });
}
function end(script) {
  workers.get(script)?.terminate();
  workers.delete(script);
}
</script>`;
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Serves it; `?isolated` isolates the page. */
export function startServer(folder: string): { url: string; close: () => Promise<void> } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const headers = searchParams.has("isolated") ? ISOLATED : {};
    if (pathname === "/") return new Response(PAGE, { headers: { "content-type": "text/html", ...headers } });
    const type = TYPES[pathname.split(".").at(-1)!] ?? "application/octet-stream";
    const body = await Deno.readFile(folder + pathname).catch(() => null);
    return new Response(body, { status: body ? 200 : 404, headers: { "content-type": type, ...headers } });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}
