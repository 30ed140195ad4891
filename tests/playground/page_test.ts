/** The playground's page in a Chromium: what it shows, for everybody, in both languages, and that no text is markup. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunFolder } from "../../src/files/run_folder.ts";
import { LANGUAGES } from "../../tools/playground/page/words.ts";
import { HAS_AXE, seriousIn } from "../browser/axe.ts";
import type { Locator, Page } from "../browser/playwright.ts";
import { hostile, line } from "../report/runs.ts";
import { HAS_CHROMIUM } from "../report/viewer.ts";
import { Playground, show } from "./playground.ts";

/** Keeps the times of tasks that block the page for 50 ms or longer. */
const WATCH = `globalThis.long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });`;

/** A run that trains, with a model. */
async function runIn(path: string, reports: number): Promise<RunFolder> {
  const run = await RunFolder.create(path);
  await run.writeConfig({ version: "0.1.0", epochs: 30, cell: "lstm", hiddenSize: 256 });
  for (let epoch = 1; epoch <= reports; epoch++) await run.appendLog(line(epoch));
  await Deno.writeTextFile(`${path}/model.safetensors`, "not read by this engine");
  return run;
}

/** A page that follows a run, and its view of runs. */
async function watched(playground: Playground, name: string): Promise<{ page: Page; runs: Locator }> {
  const page = await playground.open();
  const runs = await show(page, "Runs");
  await runs.getByRole("button", { name: `Show ${name}` }).click();
  await runs.locator("h2", { hasText: name }).waitFor();
  await runs.locator(".uplot").nth(4).waitFor();
  return { page, runs };
}

/** The row of a run that is not shown, or is. */
function rowOf(place: Locator, name: string): Locator {
  return place.locator("tr", { hasText: name });
}

/** Hides a page from its own point of view, or shows it. */
async function see(page: Page, visible: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, "hidden", { value: ${!visible}, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"))`);
}

/** Checks that no text has become markup. */
async function assertHarmless(page: Page): Promise<void> {
  assertEquals([await page.evaluate("globalThis.hit"), await page.locator("img").count()], [undefined, 0]);
}

Deno.test("both languages have the same sentences, with the same places to fill", () => {
  const { en, zh } = LANGUAGES;
  assertEquals(Object.keys(zh), Object.keys(en));
  const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    assertEquals(places(zh[key]), places(en[key]), key);
  }
});

Deno.test({ name: "the playground in Chromium", ignore: !HAS_CHROMIUM }, async (t) => {
  const root = await Deno.makeTempDir({ prefix: "refrain-runs-" });
  const run = await runIn(`${root}/first`, 9);
  const second = await runIn(`${root}/second`, 1);
  await (await runIn(`${root}/one`, 1)).close();
  const evil = hostile();
  const playground = await Playground.start({
    first: `${root}/first`,
    second: `${root}/second`,
    one: `${root}/one`,
    [evil]: `${root}/none`,
  });
  try {
    await t.step("texts stream, each character tells its probability, an alternative is taken", async () => {
      await using page = await playground.open();
      const model = page.locator("header .status").filter({ hasText: "LSTM" });
      assertStringIncludes(await model.innerText(), "one thread, as only https");
      const play = page.getByRole("region", { name: "Play" });
      await play.getByLabel("Texts", { exact: true }).fill("2");
      await play.getByRole("button", { name: "Write" }).click();
      await play.getByText("Done: 400").waitFor();
      const drawn = play.locator(".drawn");
      assertEquals(await drawn.count(), 2);
      for (const key of ["Home", "ArrowRight", "ArrowRight"]) await drawn.first().press(key);
      assertStringIncludes(await play.locator(".detail").innerText(), "“e” had a probability of 25 %");
      await play.locator(".detail button").nth(1).click();
      assertEquals(await play.getByLabel("Text to go on from").inputValue(), "thetha");
      await play.getByText("Done: 400").waitFor();
      await assertHarmless(page);
    });

    await t.step("a text that is stopped stays", async () => {
      await using page = await playground.open();
      const play = page.getByRole("region", { name: "Play" });
      await play.getByLabel("Text to go on from").fill("slow");
      await play.getByRole("button", { name: "Write" }).click();
      await play.locator(".drawn span").nth(3).waitFor();
      await play.getByRole("button", { name: "Stop" }).click();
      await play.getByText(/^Stopped/).waitFor();
    });

    await t.step(
      "a training draws its curve, blocks the page for no 50 ms, and can be played with",
      async () => {
        await using page = await playground.open();
        const long = await tasksOfTraining(page);
        const train = page.getByRole("region", { name: "Train" });
        assertEquals(await train.locator(".uplot").count(), 1);
        // A busy machine may hold any page: what the page itself does, it does each time.
        for (let tries = 1; long.length > 0 && tries < 3; tries++) {
          await using again = await playground.open();
          long.splice(0, long.length, ...await tasksOfTraining(again));
        }
        assertEquals(long, [], "tasks of 50 ms or longer");
        await train.getByRole("button", { name: "Play with it" }).click();
        await page.locator("#model-choice option:checked", { hasText: "Trained here" })
          .waitFor({ state: "attached" });
      },
    );

    await t.step("a training is paused by the keyboard, goes on where it was, and is stopped", async () => {
      await using page = await playground.open();
      const train = await show(page, "Train");
      await train.getByRole("button", { name: "Train" }).click();
      const live = train.locator("form p.label");
      await live.filter({ hasText: /step \d/ }).waitFor();
      await train.getByRole("button", { name: "Pause" }).focus();
      await page.keyboard.press("Enter");
      await train.getByText("Paused: nothing is trained until you go on.").waitFor();
      assertEquals(await train.locator(":focus").innerText(), "Go on");
      const at = await live.innerText();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assertEquals(await live.innerText(), at);
      await page.keyboard.press("Enter");
      await train.getByText("In training").waitFor();
      await live.filter({ hasNotText: at }).waitFor();
      await train.getByRole("button", { name: "Pause" }).click();
      await train.getByText("Paused").waitFor();
      await train.getByRole("button", { name: "Stop" }).click();
      await train.getByText("Training was stopped: loss ").waitFor();
      assert(await train.getByRole("button", { name: "Pause" }).isDisabled());
    });

    await t.step("a run is followed while it trains, through a stop, and until it has ended", async () => {
      await using page = await playground.open();
      const runs = await show(page, "Runs");
      await runs.locator(".uplot").nth(4).waitFor();
      await runs.getByText("brought up to date").waitFor();
      await run.appendLog(line(10));
      await runs.getByText("10 of 30").waitFor();
      const row = rowOf(runs, "first");
      await row.getByText("10 / 30").waitFor();
      await run.close();
      await runs.getByText("The training was stopped.").waitFor();
      await row.getByText("stopped").waitFor();
      const resumed = await RunFolder.open(`${root}/first`);
      await resumed.appendLog(line(11));
      await runs.getByText("brought up to date").waitFor();
      await row.getByText("in training").waitFor();
      await row.getByText("11 / 30").waitFor();
      await resumed.appendLog(line(30));
      await resumed.close();
      await runs.getByText("The training has ended.").waitFor();
      await row.getByText("ended").waitFor();
      await assertHarmless(page);
    });

    await t.step(
      "a server that has gone, or a run, is told, and once it is back all goes on by itself",
      async () => {
        const { page, runs } = await watched(playground, "second");
        await using _page = page;
        const start = await playground.gone();
        await runs.getByText("The server does not answer: trying again.").waitFor();
        await second.appendLog(line(2));
        start();
        await runs.getByText("2 of 30").waitFor();
        await runs.getByText("brought up to date").waitFor();
        await Deno.rename(`${root}/second`, `${root}/away`);
        await runs.getByText("The files of this run have gone: looking for them again.").waitFor();
        await Deno.rename(`${root}/away`, `${root}/second`);
        await runs.getByText("brought up to date").waitFor();
      },
    );

    await t.step("a hidden tab asks for nothing; once it is shown, for what is new alone", async () => {
      const { page, runs } = await watched(playground, "second");
      await using _page = page;
      await see(page, false);
      await new Promise((resolve) => setTimeout(resolve, 500)); // what was under way has ended
      const { length } = playground.asked;
      await second.appendLog(line(3));
      await new Promise((resolve) => setTimeout(resolve, 4500));
      assertEquals(playground.asked.slice(length), []);
      await see(page, true);
      await runs.getByText("3 of 30").waitFor();
      const report = playground.asked.slice(length).find((asked) => asked.includes("/report"));
      assertMatch(report!, /^\/runs\/second\/report\?rows=2&sum=[0-9a-f]{16} 200$/);
      await runs.locator("summary").first().click();
      await runs.locator("details").first().locator("tbody tr").nth(2).waitFor();
      assertEquals(await runs.locator("details").first().locator("tbody tr").count(), 3);
    });

    await t.step("a run of a single report is shown", async () => {
      const { page, runs } = await watched(playground, "one");
      await using _page = page;
      await runs.getByRole("button", { name: "All epochs" }).first().click();
      assertEquals(await page.evaluate("1 + 1"), 2, "and goes on");
    });

    await t.step("a Chinese browser reads of a run, and of what units follow, in Chinese", async () => {
      await using page = await playground.open({ locale: "zh-CN" });
      await page.locator("nav button").nth(3).click();
      await page.getByText(/^3，共 30$/).waitFor();
      await page.getByText(/^2\.\d+（困惑度 17\.\d+），在第 3 轮$/).waitFor();
      await shoot(page, "Runs-chinese");
      const row = rowOf(page.getByRole("region", { name: "全部运行" }), "one");
      await row.getByText("已停止").waitFor();
      const resumed = await RunFolder.open(`${root}/one`);
      await row.getByText("训练中").waitFor();
      await resumed.close();
      await row.getByText("已停止").waitFor();
      await page.locator("nav button").nth(1).click();
      await page.getByRole("region", { name: "检视" }).locator("textarea").fill("no");
      await page.getByRole("region", { name: "检视" }).getByRole("button", { name: "检视" }).click();
      await page.getByText("从未出现").waitFor();
      await page.getByText("引号内").first().waitFor();
    });

    for (const look of [1280, 360].flatMap((width) => [false, true].map((dark) => ({ width, dark })))) {
      const name = `axe-core, ${look.width} pixels, ${look.dark ? "dark" : "light"}`;
      await t.step({
        name,
        ignore: !HAS_AXE,
        fn: async () => {
          await using page = await playground.open(look);
          await page.getByRole("button", { name: "Write" }).click();
          await page.getByText("Done: ").waitFor();
          await page.locator(".drawn span").nth(3).click();
          const inspect = await show(page, "Inspect");
          await inspect.locator("textarea").fill('he said "no" '.repeat(20));
          await inspect.getByRole("button", { name: "Inspect" }).click();
          const train = await show(page, "Train");
          await train.getByRole("button", { name: "Train" }).click();
          await train.locator(".uplot").waitFor();
          await train.getByRole("button", { name: "Pause" }).click();
          await train.getByText("Paused: ").waitFor();
          const filled: Record<string, (view: Locator) => Locator> = {
            Inspect: (view) => view.locator("table").last(),
            Train: (view) => view.locator(".uplot"),
            Runs: (view) => view.locator(".uplot").nth(4),
            Play: (view) => view.locator(".drawn"),
          };
          for (const [name, last] of Object.entries(filled)) {
            await last(await show(page, name as "Runs")).waitFor();
            assertEquals(await page.evaluate("document.documentElement.scrollWidth"), look.width, name);
            await shoot(page, `${name}-${look.width}-${look.dark ? "dark" : "light"}`);
            assertEquals(await seriousIn(page, /^(moderate|serious|critical)/), [], name);
          }
        },
      });
    }
  } finally {
    await playground[Symbol.asyncDispose]();
    await second.close();
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test(
  { name: "a Chinese browser reads Chinese, and a token is asked for", ignore: !HAS_CHROMIUM },
  async () => {
    await using playground = await Playground.start({}, { token: "0123456789abcdef" });
    const page = await playground.open({ locale: "zh-CN" });
    const token = page.locator("#token");
    assertEquals(await token.getAttribute("type"), "password");
    if (HAS_AXE) assertEquals(await seriousIn(page), []);
    assertEquals(await page.evaluate("document.documentElement.lang"), "zh");
    await token.fill("wrong");
    await token.press("Enter");
    await page.getByText("令牌不对").waitFor();
    await token.fill("0123456789abcdef");
    await token.press("Enter");
    await page.locator("nav button").nth(3).waitFor();
    await shoot(page, "chinese");
    if (HAS_AXE) assertEquals(await seriousIn(page), []);
    assert(playground.asked.every((path) => !path.includes("0123")));
  },
);

Deno.test({ name: "nothing moves for who asks for less motion", ignore: !HAS_CHROMIUM }, async () => {
  await using playground = await Playground.start({});
  const moving = "[...document.querySelectorAll('*')].filter((e) => { const s = getComputedStyle(e);" +
    "return s.transitionDuration !== '0s' || s.animationName !== 'none' || s.scrollBehavior !== 'auto'; }).length";
  await using still = await playground.open({ reducedMotion: "reduce" });
  assertEquals(await still.evaluate(moving), 0);
  await using page = await playground.open({ reducedMotion: "no-preference" });
  assert(await page.evaluate<number>(moving) > 0);
});

/** Trains in a page; gives the milliseconds of the tasks that blocked it meanwhile. */
async function tasksOfTraining(page: Page): Promise<number[]> {
  await page.getByRole("button", { name: "Write" }).click({ trial: true });
  const train = await show(page, "Train");
  await page.evaluate(WATCH);
  await train.getByRole("button", { name: "Train" }).click();
  await train.getByText("has ended").waitFor();
  return await page.evaluate("long");
}

/** REFRAIN_PICTURES names a folder that pictures are put into, to be looked at. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = Deno.env.get("REFRAIN_PICTURES");
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
