/**
 * A Chromium without a window, driven by npm's `playwright-core`.
 *
 * @module
 */
import { moduleOf } from "../support/npm.ts";
import type { Browser, LaunchOptions, Page, PageOptions, Playwright } from "./playwright.ts";

/** What WebGPU needs to run on Chromium's own software adapter. */
const SOFTWARE_WEBGPU: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];
/** With these flags, which the driver gives, a hidden tab is as fast as one in front. */
const UNTHROTTLED: readonly string[] = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];
/** Milliseconds that a busy machine may take for a start, or until a page comes to something. */
const LIMIT = 60_000;

/** The browser: REFRAIN_BROWSER names another. */
export const PROGRAM: string = Deno.env.get("REFRAIN_BROWSER") ?? "chromium";

let loading: Promise<Playwright | undefined> | undefined;

function loaded(): Promise<Playwright | undefined> {
  loading ??= moduleOf("playwright-core") as Promise<Playwright | undefined>;
  return loading;
}

/** Where the browser is; undefined where there is none. */
export async function pathOfBrowser(): Promise<string | undefined> {
  const args = ["-c", 'command -v -- "$0"', PROGRAM];
  const { success, stdout } = await new Deno.Command("sh", { args, stderr: "null" }).output();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}

/**
 * Whether pages can be opened.
 *
 * @returns Whether there are a Chromium and its driver; a line says what is missing, an error where that is required.
 */
export async function hasChromium(): Promise<boolean> {
  if (PROGRAM.includes("firefox")) return false;
  if (await pathOfBrowser() !== undefined) return await loaded() !== undefined;
  const missing = `what needs Chromium is not tested: no ${PROGRAM} was found`;
  if (Deno.env.get("REFRAIN_RUNTIMES") === "required") throw new Error(missing);
  console.warn(`warning: ${missing}`);
  return false;
}

async function started(options: Partial<LaunchOptions>): Promise<[Browser, Playwright["chromium"]]> {
  const [executablePath, playwright] = [await pathOfBrowser(), await loaded()];
  if (!executablePath) throw new Error(`Cannot start a browser: no ${PROGRAM} was found`);
  if (!playwright) throw new Error("Cannot start a browser: its driver cannot be fetched from npm");
  const browser = await playwright.chromium.launch({
    executablePath,
    chromiumSandbox: Deno.build.os !== "linux" || Deno.uid() !== 0,
    timeout: LIMIT,
    ...options,
    args: [...SOFTWARE_WEBGPU, ...options.args ?? []],
  });
  return [browser, playwright.chromium];
}

/**
 * Starts one, with a profile that goes with it.
 *
 * @param flags More flags.
 */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return (await started({ args: [...flags] }))[0];
}

/** A window whose tabs hide each other. */
export interface Window extends AsyncDisposable {
  /** Opens an address in a new tab, which is in front. */
  open(url: string): Promise<Page>;
}

/**
 * Starts one whose tabs hide each other, as those of people do. Any other page of the driver thinks that it is in front.
 *
 * @param flags More flags.
 */
export async function openWindow(flags: readonly string[]): Promise<Window> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const { port } = listener.addr;
  const args = [...flags, `--remote-debugging-port=${port}`];
  const [browser, chromium] = await started({ args, ignoreDefaultArgs: [...UNTHROTTLED] });
  const options = { noDefaults: true, timeout: LIMIT };
  const window = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, options).catch(async (error) => {
    await browser.close();
    throw error;
  });
  return {
    async open(url): Promise<Page> {
      const page = await window.contexts()[0]!.newPage();
      page.setDefaultTimeout(LIMIT);
      await page.goto(url);
      return page;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly dark?: boolean;
}

/** Opens an empty page, in a context of its own, that stands a busy machine. */
export async function openPage(
  browser: Browser,
  { width = 1280, dark = false, ...options }: Look & PageOptions = {},
): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: dark ? "dark" : "light",
    ...options,
  });
  page.setDefaultTimeout(LIMIT);
  return page;
}

/**
 * Takes note of what leaves a page for anywhere.
 *
 * @param page An empty page.
 * @param own Where it comes from.
 * @returns The addresses, which become more.
 */
export async function requestsOf(page: Page, own: RegExp): Promise<readonly string[]> {
  const asked: string[] = [];
  await page.context().route(/^/, async (route) => {
    const url = route.request().url();
    if (!own.test(url)) asked.push(url);
    await route.continue();
  });
  return asked;
}
