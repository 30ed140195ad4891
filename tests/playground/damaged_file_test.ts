/** A file whose model is damaged, in a Chromium: the page says so. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { playgroundPage } from "../../src/playground.ts";
import { launchChromium, openPage } from "../browser/launch.ts";
import { HAS_CHROMIUM } from "../report/viewer.ts";

/** Bytes of a model, the header of which takes 255. */
const BYTES = new Uint8Array(300).fill(32);
BYTES.set([255, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode("{")]);
/** Bytes before the damage, a multiple of 3. */
const LEFT = 30;

/** A file with a model. */
function fileOf(bytes: Uint8Array): string {
  return playgroundPage({ name: "mine", bytes });
}

Deno.test(
  { name: "a file with damaged base64 says what one says that is cut off there", ignore: !HAS_CHROMIUM },
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "refrain-damaged-" });
    await using browser = await launchChromium();
    /** What a page says of its model. */
    const saidBy = async (html: string): Promise<string> => {
      await Deno.writeTextFile(`${folder}/mine.html`, html);
      await using page = await openPage(browser, { offline: true });
      await page.goto(`file://${folder}/mine.html`);
      const state = page.locator("header .status").filter({ hasText: "That did not work" });
      return await state.innerText();
    };
    try {
      const cutOff = await saidBy(fileOf(BYTES.subarray(0, LEFT)));
      assertMatch(cutOff, /^That did not work: Cannot read safetensors data as it is cut off/);
      const whole = fileOf(BYTES);
      const from = whole.indexOf('id="model">') + 'id="model">'.length + LEFT / 3 * 4;
      const damaged = `${whole.slice(0, from + 2)}!${whole.slice(from + 3)}`;
      assertEquals(await saidBy(damaged), cutOff);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
