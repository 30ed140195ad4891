/** The playground's page in a Chromium: what people press too early, too often, or with numbers that cannot be. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Locator, Page } from "../browser/playwright.ts";
import { HAS_CHROMIUM } from "../report/viewer.ts";
import { Playground, show } from "./playground.ts";

/** Runs by name, with what the engine is given as their model. */
const MODELS = { first: "size 1", second: "size 2", slow: "size 3", names: "size 4 lines", broken: "broken" };
const CHOICE = 'document.querySelector("#model-choice")';

/** Chooses a model. */
async function choose(page: Page, name: keyof typeof MODELS): Promise<void> {
  await page.evaluate(`${CHOICE}.value = "${name}"; ${CHOICE}.dispatchEvent(new Event("change"))`);
}

/** The page, with its view of texts. */
async function opened(playground: Playground): Promise<{ page: Page; play: Locator; state: Locator }> {
  const page = await playground.open();
  const state = page.locator("header .status");
  await state.filter({ hasText: "× 1," }).waitFor();
  return { page, play: page.getByRole("region", { name: "Play" }), state };
}

Deno.test({ name: "what people press in the playground", ignore: !HAS_CHROMIUM }, async (t) => {
  const root = await Deno.makeTempDir({ prefix: "refrain-presses-" });
  for (const [name, model] of Object.entries(MODELS)) {
    await Deno.writeTextFile(`${root}/${name}.safetensors`, model);
  }
  const paths = Object.keys(MODELS).map((name) => [name, `${root}/${name}.safetensors`]);
  await using playground = await Playground.start(Object.fromEntries(paths));
  try {
    await t.step("the model that was chosen last is open, however late another comes", async () => {
      const { page, state } = await opened(playground);
      await page.context().route(/slow\/model$/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue();
      });
      await choose(page, "slow");
      await choose(page, "second");
      await state.filter({ hasText: "× 2," }).waitFor();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assertStringIncludes(await state.innerText(), "× 2,");
      await page.close();
    });

    await t.step("a model that cannot be opened leaves the one before, and the choice says so", async () => {
      const { page, play, state } = await opened(playground);
      await choose(page, "broken");
      await state.filter({ hasText: "That did not work: Cannot read it" }).waitFor();
      assertEquals(await page.evaluate(`${CHOICE}.value`), "first");
      assertEquals(await play.getByRole("button", { name: "Write" }).isDisabled(), false);
      await page.close();
    });

    await t.step("what was typed stays when another model is chosen", async () => {
      const { page, play, state } = await opened(playground);
      await play.getByLabel("Text to go on from").fill("mine");
      await choose(page, "second");
      await state.filter({ hasText: "× 2," }).waitFor();
      assertEquals(await play.getByLabel("Text to go on from").inputValue(), "mine");
      await page.close();
    });

    await t.step("a text that is asked for three times is written once", async () => {
      const { page, play } = await opened(playground);
      await play.getByLabel("Text to go on from").fill("late");
      await play.getByRole("button", { name: "Write" }).click();
      await play.locator(".drawn span").nth(5).waitFor();
      await page.evaluate(
        `{ const write = document.querySelector("button.main"); write.click(); write.click(); write.click(); }`,
      );
      await play.getByText("Done: 200 characters.").waitFor();
      assertEquals(await play.locator(".drawn span").count(), 200);
      await page.close();
    });

    await t.step(
      "an alternative leads the keyboard to its text, and is not taken with numbers that cannot be",
      async () => {
        const { page, play } = await opened(playground);
        await play.getByLabel("Temperature").fill("0.72");
        await play.getByRole("button", { name: "Write" }).click();
        await play.getByText("Done: 200 characters.").waitFor();
        await play.locator(".drawn span").nth(3).click();
        await play.locator(".detail button").first().press("Enter");
        await play.locator(".drawn:focus").waitFor();
        await play.getByText("Done: 200 characters.").waitFor();
        for (const key of ["Home", "ArrowRight"]) await play.locator(".drawn").press(key);
        await play.getByLabel("Texts", { exact: true }).fill("64");
        await play.locator(".detail button").first().click();
        assertEquals(await play.locator(".drawn").count(), 1);
        await page.close();
      },
    );

    await t.step("a model of lines begins with nothing, and its end is no alternative", async () => {
      const { page, play, state } = await opened(playground);
      const alternatives = async (): Promise<boolean[]> => {
        await play.getByRole("button", { name: "Write" }).click();
        await play.getByText("Done: 200 characters.").waitFor();
        await play.locator(".drawn span").nth(3).click();
        const buttons = play.locator(".detail button");
        return await Promise.all([0, 1, 2, 3].map((i) => buttons.nth(i).isDisabled()));
      };
      assertEquals(await alternatives(), [false, false, false, false]);
      await choose(page, "names");
      await state.filter({ hasText: "× 4," }).waitFor();
      assertEquals(await play.getByLabel("Text to go on from").inputValue(), "");
      assertEquals(await alternatives(), [false, false, true, false]);
      await page.close();
    });

    await t.step(
      "who leaves a training is asked, and the header speaks of the model that is open",
      async () => {
        const { page, state } = await opened(playground);
        const asks = `!dispatchEvent(new Event("beforeunload", { cancelable: true }))`;
        assertEquals(await page.evaluate(asks), false);
        const train = await show(page, "Train");
        await train.getByRole("button", { name: "Train" }).click();
        await train.getByText("In training").waitFor();
        assertEquals(await page.evaluate(asks), true);
        assertStringIncludes(await state.innerText(), "× 1,");
        await train.getByRole("button", { name: "Stop" }).click();
        await train.getByText("Training was stopped").waitFor();
        assertEquals(await page.evaluate(asks), false);
        await page.close();
      },
    );

    await t.step("a training that is stopped before its first report tells of no loss", async () => {
      const { page } = await opened(playground);
      const train = await show(page, "Train");
      await train.locator("textarea").fill("late");
      await train.getByRole("button", { name: "Train" }).click();
      await train.getByRole("button", { name: "Stop" }).click();
      await train.getByText("Training was stopped").waitFor();
      assertEquals(await train.locator("form .status").innerText(), "Training was stopped.");
      await page.close();
    });

    await t.step("nothing was asked for that is not there", () => {
      assertEquals(playground.asked.filter((asked) => !asked.endsWith(" 200")), []);
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
