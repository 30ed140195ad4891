/** Pages in a Chromium, from a server that takes note of whatever they ask for. @module */
import { type Chromium, startChromium, type Tab } from "../browser/chromium.ts";

/** The browser: REFRAIN_BROWSER names another Chromium. */
const PROGRAM = Deno.env.get("REFRAIN_BROWSER") ?? "chromium";

/** Whether there is one. */
export const HAS_CHROMIUM: boolean = !PROGRAM.includes("firefox") &&
  await new Deno.Command(PROGRAM, { args: ["--version"], stdout: "null", stderr: "null" }).output()
    .then(({ success }) => success).catch(() => false);

/** A page that is open. */
export interface Opened {
  readonly tab: Tab;
  /** What was asked for beside the page, by path. */
  readonly asked: readonly string[];
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly dark?: boolean;
}

/** A browser with its server. */
export class Viewer implements AsyncDisposable {
  readonly #chromium: Chromium;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #folder: string;
  readonly #pages: Map<string, string>;
  readonly #asked: string[];

  private constructor(
    chromium: Chromium,
    server: { server: Deno.HttpServer<Deno.NetAddr>; pages: Map<string, string>; asked: string[] },
    folder: string,
  ) {
    this.#chromium = chromium;
    this.#server = server.server;
    this.#pages = server.pages;
    this.#asked = server.asked;
    this.#folder = folder;
  }

  /** Starts one. */
  static async start(): Promise<Viewer> {
    const folder = await Deno.makeTempDir({ prefix: "refrain-report-" });
    const pages = new Map<string, string>();
    const asked: string[] = [];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname, search } = new URL(request.url);
      const page = pages.get(pathname);
      if (page === undefined) asked.push(pathname + search);
      return new Response(page ?? "", { headers: { "content-type": "text/html; charset=utf-8" } });
    });
    const flags = ["--hide-scrollbars", "--force-device-scale-factor=1"];
    return new Viewer(await startChromium(PROGRAM, folder, flags), { server, pages, asked }, folder);
  }

  /** Where its server is. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Opens a page, and waits until its charts that are in view are drawn. */
  async open(page: string, { width = 1280, dark = false }: Look = {}): Promise<Opened> {
    const path = `/page-${this.#pages.size}`;
    this.#pages.set(path, page);
    this.#asked.length = 0;
    const tab = await this.#chromium.open(`${this.address}${path}`);
    await tab.send("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await tab.send("Emulation.setEmulatedMedia", { features });
    await settled(tab);
    return { tab, asked: this.#asked };
  }

  /** Ends browser and server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chromium.close();
    await this.#server.shutdown();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Waits for two frames, in which what comes into view is drawn. */
export async function settled(tab: Tab): Promise<void> {
  await tab.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50))))",
  );
}
