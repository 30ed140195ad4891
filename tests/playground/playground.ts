/** The page of the playground in a Chromium, with a server of runs behind it and an engine that is no engine. @module */
import { PLAYGROUND_HEADERS, playgroundFiles } from "../../src/playground.ts";
import { runRoutes } from "../../src/serve/runs.ts";
import { ModelServer } from "../../src/serve.ts";
import { type Chromium, startChromium, type Tab } from "../browser/chromium.ts";

const FAKE = new URL("fake_engine.js", import.meta.url);
const PROGRAM = Deno.env.get("REFRAIN_BROWSER") ?? "chromium";
/** How the page is looked at. */
export interface Look {
  readonly width?: number;
  readonly dark?: boolean;
  readonly chinese?: boolean;
}

/** A browser, and the server that it asks. */
export class Playground implements AsyncDisposable {
  readonly #chromium: Chromium;
  readonly #answer: (request: Request) => Promise<Response>;
  #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #folder: string;
  /** What was asked for, with the status of the answer. */
  readonly asked: string[];

  private constructor(
    { chromium, answer, folder, asked }: {
      chromium: Chromium;
      answer: (request: Request) => Promise<Response>;
      folder: string;
      asked: string[];
    },
  ) {
    this.#chromium = chromium;
    this.#answer = answer;
    this.#server = listen(answer, 0);
    this.#folder = folder;
    this.asked = asked;
  }

  /** Starts them, with paths of runs by name. */
  static async start(
    runs: Record<string, string>,
    { token, chinese }: { token?: string; chinese?: boolean } = {},
  ): Promise<Playground> {
    const folder = await Deno.makeTempDir({ prefix: "refrain-playground-" });
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
    const flags = ["--hide-scrollbars", "--force-device-scale-factor=1"];
    if (chinese) flags.push("--lang=zh-CN", "--accept-lang=zh-CN");
    return new Playground({ chromium: await startChromium(PROGRAM, folder, flags), answer, folder, asked });
  }

  /** Opens the page. */
  async open({ width = 1280, dark = false }: Look = {}): Promise<Tab> {
    const tab = await this.#chromium.open("about:blank#");
    await tab.send("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await tab.send("Emulation.setEmulatedMedia", { features });
    await tab.send("Page.navigate", { url: `http://127.0.0.1:${this.#server.addr.port}/` });
    await until(tab, "document.querySelector('nav')");
    return tab;
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
    await this.#chromium.close();
    await this.#server.shutdown();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function listen(
  answer: (request: Request) => Promise<Response>,
  port: number,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, answer);
}

/** Waits until an expression holds in the page. */
export async function until(tab: Tab, expression: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await tab.evaluate(`Boolean(${expression})`).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It does not come to ${expression}: ${await tab.evaluate("document.body.innerText")}`);
}

/** Clicks on the button in view that says so. */
export async function press(tab: Tab, text: string): Promise<void> {
  await tab.evaluate(
    `[...document.querySelectorAll("button")].find((b) => b.textContent === ${
      JSON.stringify(text)
    } && b.checkVisibility()).click()`,
  );
}
