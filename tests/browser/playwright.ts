/**
 * What tests use of npm's `playwright-core`, which no module graph has, so that they are read and checked without it.
 * playwright_test.ts holds it to the package's own types.
 *
 * @module
 */

/** The package. */
export interface Playwright {
  readonly chromium: {
    launch(options: LaunchOptions): Promise<Browser>;
    connectOverCDP(address: string, options: { noDefaults?: boolean; timeout?: number }): Promise<Browser>;
  };
}

/** How a browser is started. */
export interface LaunchOptions {
  readonly executablePath: string;
  readonly chromiumSandbox: boolean;
  readonly args: string[];
  readonly ignoreDefaultArgs?: string[];
  readonly timeout: number;
}

/** A running browser. */
export interface Browser extends AsyncDisposable {
  version(): string;
  /** Opens a page in a context of its own, which closes with it. */
  newPage(options?: PageOptions): Promise<Page>;
  contexts(): Context[];
  on(event: "disconnected", listener: () => void): unknown;
  close(): Promise<void>;
}

/** How a page is looked at. */
export interface PageOptions {
  viewport?: { width: number; height: number };
  deviceScaleFactor?: number;
  colorScheme?: "dark" | "light";
  reducedMotion?: "reduce" | "no-preference";
  locale?: string;
  offline?: boolean;
  bypassCSP?: boolean;
}

/** Pages that share what they store. */
export interface Context extends AsyncDisposable {
  newPage(): Promise<Page>;
  close(): Promise<void>;
  setOffline(offline: boolean): Promise<void>;
  /** Takes the requests that leave a page for these addresses. */
  route(url: string | RegExp, handler: (route: Route) => unknown): Promise<unknown>;
}

/** A request that has not left yet. */
export interface Route {
  request(): { url(): string };
  continue(): Promise<void>;
}

/** A page: a tab. */
export interface Page extends AsyncDisposable {
  readonly keyboard: { press(key: string): Promise<void> };
  readonly mouse: {
    move(x: number, y: number): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
    click(x: number, y: number): Promise<void>;
    dblclick(x: number, y: number): Promise<void>;
  };
  context(): Context;
  on(event: "crash", listener: () => void): unknown;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  /** Evaluates an expression there; a promise is waited for. */
  evaluate<R>(expression: string): Promise<R>;
  /** Waits until an expression holds. */
  waitForFunction(expression: string): Promise<unknown>;
  addInitScript(script: { content: string }): Promise<unknown>;
  locator(selector: string, options?: LocatorOptions): Locator;
  getByRole(role: Role, options?: { name?: string | RegExp; exact?: boolean }): Locator;
  getByLabel(label: string, options?: { exact?: boolean }): Locator;
  getByText(text: string | RegExp): Locator;
  setDefaultTimeout(milliseconds: number): void;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  screenshot(options: { path?: string; fullPage?: boolean }): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** What an element is to a screen reader. */
export type Role = "button" | "region";

/** Which of the elements are meant. */
export interface LocatorOptions {
  hasText?: string | RegExp;
  hasNotText?: string | RegExp;
}

/** Elements of a page; what is done to one waits until it is there, and can be. */
export interface Locator {
  locator(selector: string, options?: LocatorOptions): Locator;
  filter(options: LocatorOptions & { visible?: boolean }): Locator;
  getByRole(role: Role, options?: { name?: string | RegExp; exact?: boolean }): Locator;
  getByLabel(label: string, options?: { exact?: boolean }): Locator;
  getByText(text: string | RegExp): Locator;
  first(): Locator;
  last(): Locator;
  nth(index: number): Locator;
  waitFor(options?: { state: "attached" | "visible" | "hidden" }): Promise<void>;
  count(): Promise<number>;
  /** Clicks once it can be; a trial only waits for that. */
  click(options?: { trial?: boolean }): Promise<void>;
  focus(): Promise<void>;
  fill(text: string): Promise<void>;
  press(key: string): Promise<void>;
  innerText(): Promise<string>;
  isDisabled(): Promise<boolean>;
  inputValue(): Promise<string>;
  allTextContents(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
  boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
  scrollIntoViewIfNeeded(): Promise<void>;
}
