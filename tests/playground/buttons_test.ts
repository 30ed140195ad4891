/** The page's own buttons with the real engine: in a file from disk without a network, and over plain http from another machine. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { hasChromium, launchChromium, openPage, requestsOf } from "../browser/launch.ts";
import type { Locator, Page } from "../browser/playwright.ts";
import { cwd, folder, start } from "../cli/serve.ts";
import { refrain } from "../cli/spawn.ts";
import { show } from "./playground.ts";

/** An address by which other machines call this one, if it has one. */
const OTHER = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;
/** The model has not seen every character of it. */
const TEXT = "fa la re mi lafa remire & ".repeat(40);
const HAS_CHROMIUM = await hasChromium();

Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

/** Writes a text without an end, and stops it. */
async function writeAndStop(page: Page): Promise<void> {
  const play = await show(page, "Play");
  await play.getByLabel("Length").fill("100000");
  await play.getByRole("button", { name: "Write" }).click();
  await play.locator(".drawn span").nth(99).waitFor();
  await play.getByRole("button", { name: "Stop" }).click();
  await play.getByText(/^Stopped: \d+ characters/).waitFor();
}

/** Writes a text to its end, and gives it. */
async function written(page: Page, length: number): Promise<string> {
  const play = await show(page, "Play");
  await play.getByLabel("Length").fill(`${length}`);
  await play.getByRole("button", { name: "Write" }).click();
  await play.getByText(`Done: ${length} characters.`).waitFor();
  return (await play.locator(".drawn span").allTextContents()).join("");
}

/** Finds units that follow something, and shows one. */
async function inspectText(page: Page): Promise<void> {
  const inspect = await show(page, "Inspect");
  await inspect.locator("textarea").fill(TEXT);
  await inspect.getByRole("button", { name: "Inspect" }).click();
  const told = inspect.getByText(/^999 tokens read: \d+ units follow something\. Left out .*: 40\.$/);
  await told.waitFor();
  const second = inspect.getByRole("region", { name: "Units that follow a feature" }).locator("button").nth(
    1,
  );
  await second.click();
  assertEquals(await second.getAttribute("aria-pressed"), "true");
  await inspect.locator("h3", { hasText: await second.innerText() }).waitFor();
}

/** Begins a training that would take hours. */
async function trainLong(page: Page): Promise<{ train: Locator; live: Locator }> {
  const train = await show(page, "Train");
  await train.locator("textarea").fill(TEXT);
  await train.getByLabel("Epochs", { exact: true }).fill("10000");
  await train.getByRole("button", { name: "Train" }).click();
  const live = train.locator("form p.label");
  await live.filter({ hasText: /step \d/ }).waitFor();
  return { train, live };
}

async function stopTraining(train: Locator): Promise<void> {
  await train.getByRole("button", { name: "Stop" }).click();
  await train.getByText(/^Training was stopped(: loss [\d.]+)?\.$/).waitFor();
}

Deno.test({ name: "a file on a friend's disk, without a network", ignore: !HAS_CHROMIUM }, async (t) => {
  assertEquals((await refrain(["export", "first", "--html"], { cwd })).code, 0);
  const file = `${cwd}/first.html`;
  const { size: weights } = await Deno.stat(`${cwd}/runs/first/model.safetensors`);
  const { size } = await Deno.stat(file);
  assert(size <= 1_600_000 + 4 / 3 * weights, `it has ${size} bytes`);
  await using browser = await launchChromium();
  await using page = await openPage(browser, { offline: true });
  const left = await requestsOf(page, /^(file|blob):/);
  await page.goto(`file://${file}`);
  const play = page.getByRole("region", { name: "Play" });

  await t.step("it writes, and the mouse and the keys find what else could have come", async () => {
    await play.getByLabel("Text to go on from").fill("fa");
    await play.getByRole("button", { name: "Write" }).click();
    await play.getByText("Done: 200 characters.").waitFor();
    const drawn = play.locator(".drawn");
    const detail = play.locator(".detail");
    const { x, y, width, height } = (await drawn.locator("span").nth(3).boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await detail.getByText("had a probability of").waitFor();
    const pointed = await detail.innerText();
    await page.mouse.move(0, 0);
    for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowRight"]) await drawn.press(key);
    assertEquals(await detail.innerText(), pointed, "the same character's");
    const others = await detail.locator("button").allTextContents();
    const chances = others.map((text) => Number(text.match(/([\d.]+(e-\d+)?) %$/)![1]));
    assert(others.length > 3 && chances.every((chance, i) => i === 0 || chance <= chances[i - 1]!), pointed);
    const [chosen] = await detail.locator(".taken").allTextContents();
    assertStringIncludes(pointed, chosen!.replace(/ \S+ %$/, " had a probability of"));
  });

  await t.step("a long text is stopped, and a text inspected", async () => {
    await writeAndStop(page);
    await inspectText(page);
  });

  await t.step("it trains, pauses, goes on, stops, and plays with what was trained", async () => {
    const of = await written(page, 50);
    const { train, live } = await trainLong(page);
    await train.getByRole("button", { name: "Pause" }).click();
    await train.getByText("Paused: nothing is trained").waitFor();
    await train.getByRole("button", { name: "Download" }).click();
    assertStringIncludes(await written(page, 60), of, "what is open stays so while the other is saved");
    await show(page, "Train");
    const at = await live.innerText();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertEquals(await live.innerText(), at);
    await train.getByRole("button", { name: "Go on" }).click();
    await live.filter({ hasNotText: at }).waitFor();
    const steps = (text: string): number => Number(text.match(/step ([\d,]+)/)![1]!.replaceAll(",", ""));
    assert(steps(await live.innerText()) > steps(at));
    await train.getByRole("button", { name: "Pause" }).click();
    await train.getByText("Paused: nothing is trained").waitFor();
    await stopTraining(train);
    await train.getByRole("button", { name: "Play with it" }).click();
    await play.getByLabel("Length").fill("50");
    await play.getByRole("button", { name: "Write" }).click();
    await play.getByText("Done: 50 characters.").waitFor();
    assertEquals(left, []);
  });
});

Deno.test({
  name: "over plain http from another address the single build runs, and the page says why",
  ignore: !HAS_CHROMIUM || OTHER === undefined,
}, async () => {
  await using server = await start(["first", "--host", OTHER!]);
  await using browser = await launchChromium();
  await using page = await openPage(browser);
  const left = await requestsOf(page, new RegExp(`^${RegExp.escape(server.url)}/`));
  await page.goto(server.url);
  await page.locator("#token").fill(server.said.token!);
  await page.locator("#token").press("Enter");
  const state = page.locator("header .status").filter({ hasText: "parameters" });
  assertMatch(
    await state.innerText(),
    /runs on WebAssembly · one thread, as only https .* · no WebGPU, as the page came over plain http/,
  );
  assertEquals(await page.evaluate("[isSecureContext, globalThis.crossOriginIsolated]"), [false, false]);
  await writeAndStop(page);
  await inspectText(page);
  const { train } = await trainLong(page);
  await stopTraining(train);
  assertEquals(left, []);
});
