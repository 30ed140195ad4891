/** The playground's page in a Chromium: what it shows, for everybody, in both languages, and that no text is markup. @module */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunFolder } from "../../src/files/run_folder.ts";
import { LANGUAGES } from "../../tools/playground/page/words.ts";
import type { Tab } from "../browser/chromium.ts";
import { hostile, line } from "../report/runs.ts";
import { HAS_CHROMIUM } from "../report/viewer.ts";
import { fileOf } from "../support/npm.ts";
import { Playground, press, until } from "./playground.ts";

const AXE = HAS_CHROMIUM ? await fileOf("axe-core", "axe.min.js") : undefined;
/** Keeps the times of tasks that block the page for 50 ms or longer. */
const WATCH = `globalThis.long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });`;

/** A run that trains, with a model. */
async function runIn(root: string): Promise<RunFolder> {
  const run = await RunFolder.create(`${root}/first`);
  await run.writeConfig({ version: "0.1.0", epochs: 30, cell: "lstm", hiddenSize: 256 });
  for (let epoch = 1; epoch <= 9; epoch++) await run.appendLog(line(epoch));
  await Deno.writeTextFile(`${root}/first/model.safetensors`, "not read by this engine");
  return run;
}

/** What axe-core finds that is serious. */
async function seriousIn(tab: Tab): Promise<string[]> {
  await tab.send("Page.setBypassCSP", { enabled: true });
  await tab.evaluate(`${AXE};undefined`);
  const { violations } = await tab.evaluate("axe.run()") as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations.filter(({ impact }) => /serious|critical/.test(impact))
    .map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`);
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
  const run = await runIn(root);
  const one = await RunFolder.create(`${root}/one`);
  await one.writeConfig({ version: "0.1.0", epochs: 1 });
  await one.appendLog(line(1));
  await one.close();
  const evil = hostile();
  const playground = await Playground.start({
    first: `${root}/first`,
    one: `${root}/one`,
    [evil]: `${root}/none`,
  });
  const text = (tab: Tab, selector: string): Promise<string> =>
    tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`) as Promise<string>;
  try {
    await t.step("texts stream, each character tells its probability, an alternative is taken", async () => {
      const tab = await playground.open();
      await until(tab, "/LSTM/.test(document.querySelector('header .status').innerText)");
      assertStringIncludes(await text(tab, "header .status"), "one thread, as only https");
      await tab.evaluate(
        "[...document.querySelector('form').querySelectorAll('.fields input')].at(-1).value = 2",
      );
      await press(tab, "Write");
      await until(tab, "/Done: 400/.test(document.querySelector('form .status').innerText)");
      assertEquals(await tab.evaluate("document.querySelectorAll('.drawn').length"), 2);
      await tab.evaluate("document.querySelector('.drawn').focus()");
      for (const key of ["Home", "ArrowRight", "ArrowRight"]) {
        await tab.send("Input.dispatchKeyEvent", { type: "keyDown", key });
      }
      assertStringIncludes(await text(tab, ".detail"), "“e” had a probability of 25 %");
      await tab.evaluate("document.querySelector('.detail button:nth-child(2)').click()");
      assertEquals(await tab.evaluate("document.querySelector('textarea').value"), "thetha");
      await until(tab, "/Done: 400/.test(document.querySelector('form .status').innerText)");
      assertEquals(await tab.evaluate("[globalThis.hit, document.querySelectorAll('img').length]"), [
        null,
        0,
      ]);
    });

    await t.step("a text that is stopped stays", async () => {
      const tab = await playground.open();
      await until(tab, "!document.querySelector('button.main').disabled");
      await tab.evaluate("document.querySelector('textarea').value = 'slow'");
      await press(tab, "Write");
      await until(tab, "document.querySelectorAll('.drawn span').length > 3");
      await press(tab, "Stop");
      await until(tab, "/^Stopped/.test(document.querySelector('form .status').innerText)");
    });

    await t.step(
      "a training draws its curve, blocks the page for no 50 ms, and can be played with",
      async () => {
        const { tab, long } = await trainedTab(playground);
        assertEquals(
          await tab.evaluate("document.querySelectorAll('section:not([hidden]) .uplot').length"),
          1,
        );
        // A busy machine may hold any page: what the page itself does, it does each time.
        for (let tries = 1; long.length > 0 && tries < 3; tries++) {
          long.splice(0, long.length, ...(await trainedTab(playground)).long);
        }
        assertEquals(long, [], "tasks of 50 ms or longer");
        await press(tab, "Play with it");
        await until(
          tab,
          "document.querySelector('#model-choice').selectedOptions[0].text === 'Trained here'",
        );
      },
    );

    await t.step("a run is followed while it trains, and until it has ended", async () => {
      const tab = await playground.open();
      await until(tab, "document.querySelectorAll('nav button').length === 4");
      await press(tab, "Runs");
      await until(tab, "document.querySelectorAll('section:not([hidden]) .uplot').length === 5");
      assertStringIncludes(await text(tab, "section:not([hidden])"), "brought up to date");
      await run.appendLog(line(10));
      await until(tab, "/10 of 30/.test(document.querySelector('section:not([hidden])').innerText)");
      await run.close();
      await until(tab, "/has ended/.test(document.querySelector('section:not([hidden])').innerText)");
      assertEquals(await tab.evaluate("[globalThis.hit, document.querySelectorAll('img').length]"), [
        null,
        0,
      ]);
    });

    await t.step("a run of a single report is shown", async () => {
      const tab = await playground.open();
      await until(tab, "document.querySelectorAll('nav button').length === 4");
      await press(tab, "Runs");
      await press(tab, "one");
      await until(tab, "document.querySelector('section:not([hidden]) h2')?.innerText === 'one'");
      await until(tab, "document.querySelectorAll('section:not([hidden]) .uplot').length === 5");
      await press(tab, "All");
    });

    for (const look of [1280, 360].flatMap((width) => [false, true].map((dark) => ({ width, dark })))) {
      const name = `axe-core, ${look.width} pixels, ${look.dark ? "dark" : "light"}`;
      await t.step({
        name,
        ignore: AXE === undefined,
        fn: async () => {
          const tab = await playground.open(look);
          await until(tab, "document.querySelectorAll('nav button').length === 4");
          await until(tab, "!document.querySelector('button.main').disabled");
          await press(tab, "Write");
          await until(tab, "/Done/.test(document.querySelector('form .status').innerText)");
          await tab.evaluate("document.querySelectorAll('textarea')[1].value = 'he said \"no\" '.repeat(20)");
          await tab.evaluate("document.querySelectorAll('form')[1].requestSubmit()");
          await tab.evaluate("document.querySelectorAll('form')[2].requestSubmit()");
          for (const view of ["Inspect", "Train", "Runs", "Play"]) {
            await press(tab, view);
            await new Promise((resolve) => setTimeout(resolve, 300));
            assertEquals(await tab.evaluate("document.documentElement.scrollWidth"), look.width, view);
            await shoot(tab, `${view}-${look.width}-${look.dark ? "dark" : "light"}`);
            assertEquals(await seriousIn(tab), [], view);
          }
        },
      });
    }
  } finally {
    await playground[Symbol.asyncDispose]();
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test(
  { name: "a Chinese browser reads Chinese, and a token is asked for", ignore: !HAS_CHROMIUM },
  async () => {
    await using playground = await Playground.start({}, { token: "0123456789abcdef", chinese: true });
    const tab = await playground.open();
    await until(tab, "document.querySelector('#token')");
    assertEquals(
      await tab.evaluate("[document.documentElement.lang, document.querySelector('#token').type]"),
      [
        "zh",
        "password",
      ],
    );
    const give = (token: string): Promise<unknown> =>
      tab.evaluate(
        `document.querySelector('#token').value = "${token}"; document.querySelector('.token').requestSubmit()`,
      );
    await give("wrong");
    await until(tab, "/令牌不对/.test(document.body.innerText)");
    await give("0123456789abcdef");
    await until(tab, "document.querySelectorAll('nav button').length === 4");
    await shoot(tab, "chinese");
    assert(playground.asked.every((path) => !path.includes("0123")));
  },
);

/** A page in which a training has ended, and the tasks that blocked it meanwhile. */
async function trainedTab(playground: Playground): Promise<{ tab: Tab; long: number[] }> {
  const tab = await playground.open();
  await until(tab, "!document.querySelector('button.main').disabled");
  await press(tab, "Train");
  await tab.evaluate(WATCH);
  await tab.evaluate("document.querySelectorAll('form')[2].requestSubmit()");
  await until(tab, "/has ended/.test(document.querySelectorAll('form')[2].innerText)");
  return { tab, long: await tab.evaluate("long") as number[] };
}

/** REFRAIN_PICTURES names a folder that pictures are put into, to be looked at. */
async function shoot(tab: Tab, name: string): Promise<void> {
  const folder = Deno.env.get("REFRAIN_PICTURES");
  if (!folder) return;
  const { data } = await tab.send<{ data: string }>("Page.captureScreenshot", {
    captureBeyondViewport: true,
  });
  await Deno.writeFile(`${folder}/${name}.png`, Uint8Array.fromBase64(data));
}
