/** The page of the playground in a Chromium, with a server of runs behind it and an engine that is no engine. @module */
import { PLAYGROUND_HEADERS, playgroundFiles } from "../../src/playground.ts";
import { runRoutes } from "../../src/serve/runs.ts";
import { ModelServer } from "../../src/serve.ts";
import { launchChromium, type Look, openPage } from "../browser/launch.ts";
import type { Browser, Locator, Page, PageOptions } from "../browser/playwright.ts";

const FAKE = new URL("fake_engine.js", import.meta.url);

/** A browser, and the server that it asks. */
export class Playground implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #answer: (request: Request) => Promise<Response>;
  #server: Deno.HttpServer<Deno.NetAddr>;
  /** What was asked for, with the status of the answer. */
  readonly asked: string[];

  private constructor(
    { browser, answer, asked }: {
      browser: Browser;
      answer: (request: Request) => Promise<Response>;
      asked: string[];
    },
  ) {
    this.#browser = browser;
    this.#answer = answer;
    this.#server = listen(answer, 0);
    this.asked = asked;
  }

  /** Starts them, with paths of runs by name. */
  static async start(runs: Record<string, string>, { token }: { token?: string } = {}): Promise<Playground> {
    const browser = await launchChromium();
    const api = new ModelServer({ models: {}, routes: runRoutes(runs), token });
    const engine: Record<string, { type: string; text: string }> = Deno.env.get("REFRAIN_ENGINE") === "real"
      ? {}
      : { "/engine.js": { type: "text/javascript", text: await Deno.readTextFile(FAKE) } };
    const files: Record<string, { type: string; text: string }> = { ...playgroundFiles(), ...engine };
    const asked: string[] = [];
    const answer = async (request: Request): Promise<Response> => {
      const { pathname, search } = new URL(request.url);
      const file = files[pathname];
      const response = file
        ? new Response(file.text, { headers: { "content-type": file.type, ...PLAYGROUND_HEADERS } })
        : await api.fetch(request);
      asked.push(`${pathname}${search} ${response.status}`);
      return response;
    };
    return new Playground({ browser, answer, asked });
  }

  /** Opens the page. */
  async open(look: Look & PageOptions = {}): Promise<Page> {
    const page = await openPage(this.#browser, look);
    await page.goto(`http://127.0.0.1:${this.#server.addr.port}/`);
    await page.locator("nav").waitFor();
    return page;
  }

  /** Ends the server alone; gives what starts it again where it was. */
  async gone(): Promise<() => void> {
    const { port } = this.#server.addr;
    await this.#server.shutdown();
    return () => {
      this.#server = listen(this.#answer, port);
    };
  }

  /** Ends both. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server.shutdown();
  }
}

function listen(
  answer: (request: Request) => Promise<Response>,
  port: number,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, answer);
}

/** Goes to one of the page's views. */
export async function show(page: Page, name: "Play" | "Inspect" | "Train" | "Runs"): Promise<Locator> {
  await page.locator("nav").getByRole("button", { name, exact: true }).click();
  return page.getByRole("region", { name, exact: true });
}
