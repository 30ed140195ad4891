/**
 * refrain in a real browser: on a page's own thread and in a worker, cross-origin isolated and not. Losses and texts must be
 * Deno's, and `verify` must find everything right. More flags for the browser may follow: `deno task browser --flag`.
 *
 * @module
 */
import { assertSame, assertWithin, differenceOf } from "../../src/verify/cases/assert_close.ts";
import { ACROSS_DEVICES } from "../../src/verify/cases/tolerances.ts";
import { trainOn } from "../everywhere/app.ts";
import { bundleApp, type Bundler, BUNDLERS, NPM_BUNDLERS } from "../support/bundles.ts";
import { unreachable } from "../support/npm.ts";
import { launchChromium, pathOfBrowser, PROGRAM } from "./launch.ts";
import { OPEN, type Report } from "./page.ts";
import { checkTabs } from "./tabs.ts";

const ROOT = new URL("../../", import.meta.url);
/** Where it runs, and what WebAssembly's description must say there. */
const PLACES: Readonly<Record<string, RegExp>> = {
  "isolated page": /, 1 thread as a page's own thread may not block/,
  "worker": /, 1 thread as the page is not cross-origin isolated/,
  "page": /, 1 thread as the page is not cross-origin isolated/,
  "isolated worker strict": /, 1 thread as the page's policy forbids blob workers/,
  "isolated worker verify": /, 2 threads/,
};
/** The app of tests/everywhere/ by bundler. */
const bundlers: readonly Bundler[] = await unreachable(...NPM_BUNDLERS) ? ["deno bundle"] : BUNDLERS;
const APPS = Object.fromEntries(bundlers.map((name) => [`isolated worker app=${name}`, /, 2 threads/]));
/** Milliseconds for a place: `verify` on a software adapter takes 2 minutes. */
const LIMIT = 600_000;
const PAGE = `<!DOCTYPE html><script type="module" src="/start.js"></script>`;
const TAB = `<!DOCTYPE html><script type="module" src="/tab_page.js"></script>`;
const START = `
const fail = ({ message }) => fetch("/report", { method: "POST", body: JSON.stringify({ error: message }) });
const asked = new URLSearchParams(location.search), app = asked.get("app");
const url = (app ? "/out/" + app + "/app.js" : "/page.js") + location.search;
if (asked.has("worker")) new Worker(url, { type: "module" }).onerror = fail;
else import(url).catch(fail);
`;
/** README's headers for threads, with README's policy: without blob: where a place is strict. */
const isolated = (strict: boolean): Record<string, string> => ({
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "content-security-policy": `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'${
    strict ? "" : " blob:"
  }`,
});

const chromium = !PROGRAM.includes("firefox");
const program = await pathOfBrowser();
if (program === undefined) {
  console.error(
    `error: Cannot run refrain in a browser: no ${PROGRAM} was found, REFRAIN_BROWSER names another`,
  );
  Deno.exit(1);
}
const names = chromium ? ["wasm", "webgpu"] : ["wasm"];
const folder = await bundleApp(bundlers);

/** The devices that are tried in a place. */
function namesIn(place: string): readonly string[] {
  return /strict|app=/.test(place) ? ["wasm"] : names;
}

/** What the server has, by path. */
async function contentOf(path: string): Promise<[type: string, body: BodyInit] | undefined> {
  if (path === "/") return ["text/html", PAGE];
  if (path === "/tab") return ["text/html", TAB];
  if (path === "/start.js") return ["text/javascript", START];
  if (/^\/(page|tab_page|out\/[a-z ]+\/app)\.js$/.test(path)) {
    return ["text/javascript", await Deno.readFile(folder + path)];
  }
  if (!/^\/golden\/\w+\.json$/.test(path)) return undefined;
  return ["application/json", await Deno.readFile(new URL(`src/verify${path}`, ROOT))];
}

let settle: (report: Report) => void;
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/report") settle(await request.json());
  const content = await contentOf(decodeURIComponent(pathname));
  if (!content) return new Response(null, { status: 204 });
  const headers = searchParams.has("isolated") ? isolated(searchParams.has("strict")) : {};
  return new Response(content[1], { headers: { "content-type": content[0], ...headers } });
});

/** Has a browser of its own open a page. Returns what ends it. */
async function browse(url: string, fail: (error: Error) => void): Promise<() => Promise<unknown>> {
  const gone = (): void => fail(new Error("the browser ended"));
  if (chromium) {
    const browser = await launchChromium(Deno.args);
    browser.on("disconnected", gone);
    const page = await browser.newPage();
    page.on("crash", gone);
    page.goto(url).catch(fail);
    return () => browser.close();
  }
  const profile = await Deno.makeTempDir({ dir: folder });
  const args = ["--headless", "--profile", profile, ...Deno.args, url];
  const firefox = new Deno.Command(program!, { args, stdout: "null", stderr: "null" }).spawn();
  firefox.status.then(gone);
  return () => {
    firefox.kill();
    return firefox.status;
  };
}

async function reportOf(place: string): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  settle = resolve;
  const asked = [...place.split(/ (?!bundle)/), ...namesIn(place)].join("&");
  const close = await browse(`http://127.0.0.1:${server.addr.port}/?${asked}`, reject);
  const timer = setTimeout(() => reject(new Error(`no report within ${LIMIT / 1000} s`)), LIMIT);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await close();
  }
}

async function bundle(name: string): Promise<void> {
  const out = `${folder}/${name}.js`;
  const args = ["bundle", "-q", "--platform", "browser", `tests/browser/${name}.ts`, "-o", out];
  await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stderr: "inherit" }).output();
}

try {
  for (const name of ["page", "tab_page"]) await bundle(name);
  const url = `http://127.0.0.1:${server.addr.port}/tab`;
  if (chromium) await checkTabs(url, Deno.args);
  using device = await OPEN["wasm"]!();
  const here = await trainOn(device);
  const shape = [here.losses.length];
  for (const [place, pattern] of Object.entries({ ...APPS, ...PLACES })) {
    const { trained, lines, error } = await reportOf(place);
    if (error !== undefined) throw new Error(`${place}: ${error}`);
    console.log([...lines, `${place}:`].join("\n"));
    for (const name of namesIn(place)) {
      const { description, losses, text, file, followed } = trained[name]!;
      const what = `${place}: losses on ${name}`;
      console.log(`  ${description}: loss ${losses.at(-1)}, text ${text}`);
      if (name === "wasm" && !pattern.test(description)) throw new Error(`${place}: it is not ${pattern}`);
      const tolerance = name === "wasm" ? 0 : ACROSS_DEVICES;
      assertWithin(differenceOf(losses, here.losses, { shape, tolerance, what }));
      assertSame(text, here.text, `${place}: text on ${name}`);
      assertSame(followed.join(), here.followed.join(), `${place}: what units follow on ${name}`);
      if (name === "wasm") assertSame(file, here.file, `${place}: the model's file`);
    }
  }
  console.log("Everything is as in Deno");
} finally {
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
}
