/**
 * refrain in a real browser: on a page's own thread and in a worker, cross-origin isolated and not. Losses and texts must be
 * Deno's, and `verify` must find everything right. More flags for the browser may follow: `deno task browser --flag`.
 *
 * @module
 */
import { assertSame, assertWithin, differenceOf } from "../../src/verify/cases/assert_close.ts";
import { ACROSS_DEVICES } from "../../src/verify/cases/tolerances.ts";
import { OPEN, type Report, trainOn } from "./page.ts";

const ROOT = new URL("../../", import.meta.url);
/** Where it runs, and what WebAssembly's description must say there. */
const PLACES = {
  "isolated page": /, 1 thread as a page's own thread may not block/,
  "worker": /, 1 thread as the page is not cross-origin isolated/,
  "page": /, 1 thread as the page is not cross-origin isolated/,
  "isolated worker verify": /, 2 threads/,
};
/** Milliseconds for a place: `verify` on a software adapter takes 2 minutes. */
const LIMIT = 600_000;
const PAGE = `<!DOCTYPE html><script type="module">
const fail = ({ message }) => fetch("/report", { method: "POST", body: JSON.stringify({ error: message }) });
const url = "/page.js" + location.search;
if (url.includes("worker")) new Worker(url, { type: "module" }).onerror = fail;
else import(url).catch(fail);
</script>`;
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const program = Deno.env.get("REFRAIN_BROWSER") ?? "chromium", chromium = !program.includes("firefox");
try {
  new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
} catch {
  console.error(
    `error: Cannot run refrain in a browser: no ${program} was found, REFRAIN_BROWSER names another`,
  );
  Deno.exit(1);
}
const names = chromium ? ["wasm", "webgpu"] : ["wasm"], folder = await Deno.makeTempDir();

let settle: (report: Report) => void;
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/report") settle(await request.json());
  const found = /^\/(page\.js|tests\/golden\/\w+\.json)?$/.exec(pathname);
  if (!found) return new Response(null, { status: 204 });
  const type = pathname === "/"
    ? "text/html"
    : pathname === "/page.js"
    ? "text/javascript"
    : "application/json";
  const file = pathname === "/page.js" ? `${folder}/page.js` : new URL(`.${pathname}`, ROOT);
  return new Response(pathname === "/" ? PAGE : await Deno.readFile(file), {
    headers: { "content-type": type, ...searchParams.has("isolated") ? ISOLATED : {} },
  });
});

async function reportOf(place: string): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  settle = resolve;
  const profile = await Deno.makeTempDir({ dir: folder }),
    root = Deno.build.os === "linux" && Deno.uid() === 0;
  const flags = !chromium ? ["--headless", "--profile", profile] : [
    ...["--headless=new", `--user-data-dir=${profile}`, ...root ? ["--no-sandbox"] : []],
    ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"],
  ];
  const url = `http://127.0.0.1:${server.addr.port}/?${[...place.split(" "), ...names].join("&")}`;
  const args = [...flags, ...Deno.args, url];
  const browser = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
  const timer = setTimeout(() => reject(new Error(`no report within ${LIMIT / 1000} s`)), LIMIT);
  browser.status.then(() => reject(new Error("the browser ended")));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    browser.kill();
    await browser.status;
  }
}

try {
  const args = ["bundle", "-q", "--platform", "browser", "tests/browser/page.ts", "-o", `${folder}/page.js`];
  await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stderr: "inherit" }).output();
  using device = await OPEN["wasm"]!();
  const here = await trainOn(device), shape = [here.losses.length];
  for (const [place, pattern] of Object.entries(PLACES)) {
    const { trained, lines, error } = await reportOf(place);
    if (error !== undefined) throw new Error(`${place}: ${error}`);
    console.log([...lines, `${place}:`].join("\n"));
    for (const name of names) {
      const { description, losses, text } = trained[name]!, what = `${place}: losses on ${name}`;
      console.log(`  ${description}: loss ${losses.at(-1)}, text ${text}`);
      if (name === "wasm" && !pattern.test(description)) throw new Error(`${place}: it is not ${pattern}`);
      const tolerance = name === "wasm" ? 0 : ACROSS_DEVICES;
      assertWithin(differenceOf(losses, here.losses, { shape, tolerance, what }));
      assertSame(text, here.text, `${place}: text on ${name}`);
    }
  }
  console.log("Everything is as in Deno");
} finally {
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
}
