/** The page for everybody: axe-core finds nothing serious, in the light and in the dark, wide and narrow. @module */
import { assertEquals } from "@std/assert";
import { report } from "../../mod.ts";
import { HAS_AXE, seriousIn } from "../browser/axe.ts";
import { runOf } from "./runs.ts";
import { settled, Viewer } from "./viewer.ts";

/** A unit with an activation of each colour. */
function inspected(): object {
  const activations = Array.from({ length: 17 }, (_, i) => i / 8 - 1);
  const pieces = [{ tokens: activations.map(() => "word "), activations }];
  return { text: "poems.txt", units: [{ unit: 7, layer: 0, feature: "quotes", correlation: 0.99, pieces }] };
}

Deno.test({ name: "axe-core finds nothing serious in a report", ignore: !HAS_AXE }, async (t) => {
  await using viewer = await Viewer.start();
  const first = { ...runOf("first", 40), inspection: inspected() };
  const pages = {
    "one run": await report([first]).html(),
    "three runs, one damaged": await report([first, runOf("second", 30, { hiddenSize: 512 }), {
      name: "third",
      log: "x",
    }]).html(),
  };
  for (const [name, html] of Object.entries(pages)) {
    for (const look of [1280, 360].flatMap((width) => [false, true].map((dark) => ({ width, dark })))) {
      await t.step(`${name}, ${look.width} pixels, ${look.dark ? "dark" : "light"}`, async () => {
        const { page } = await viewer.open(html, look);
        await page.evaluate(
          "for (const details of document.querySelectorAll('details')) details.open = true",
        );
        await settled(page);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        assertEquals(width, look.width, "nothing stands out");
        assertEquals(await seriousIn(page), []);
        await page.close();
      });
    }
  }
});
