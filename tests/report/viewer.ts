/** Pages in a Chromium, which takes note of whatever they ask for. @module */
import { hasChromium, launchChromium, type Look, openPage, requestsOf } from "../browser/launch.ts";
import type { Browser, Page } from "../browser/playwright.ts";

/** Whether there is one. */
export const HAS_CHROMIUM: boolean = await hasChromium();

/** A page that is open. */
export interface Opened {
  readonly page: Page;
  /** What left the page for anywhere, by address. */
  readonly asked: readonly string[];
}

/** A browser with its server. */
export class Viewer implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #pages: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
      const html = this.#pages[Number(new URL(url).pathname.slice(1))];
      return new Response(html ?? "", { headers: { "content-type": "text/html; charset=utf-8" } });
    });
  }

  /** Starts one. */
  static async start(): Promise<Viewer> {
    return new Viewer(await launchChromium());
  }

  /** Where its server is. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Opens a page, and waits until its charts that are in view are drawn. */
  async open(html: string, look: Look = {}): Promise<Opened> {
    const page = await openPage(this.#browser, look);
    const asked = await requestsOf(page, /\/\d+$/);
    await page.goto(`${this.address}/${this.#pages.push(html) - 1}`);
    await settled(page);
    return { page, asked };
  }

  /** Ends browser and server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server.shutdown();
  }
}

/** Waits for two frames, in which what comes into view is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50))))",
  );
}
