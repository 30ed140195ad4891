/** The page for everybody: axe-core finds nothing serious, in the light and in the dark, wide and narrow. @module */
import { assertEquals } from "@std/assert";
import { report } from "../../mod.ts";
import { fileOf } from "../support/npm.ts";
import { runOf } from "./runs.ts";
import { HAS_CHROMIUM, settled, Viewer } from "./viewer.ts";

const AXE = HAS_CHROMIUM ? await fileOf("axe-core", "axe.min.js") : undefined;

/** What axe-core finds, and where. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** A unit with an activation of each colour. */
function inspected(): object {
  const activations = Array.from({ length: 17 }, (_, i) => i / 8 - 1);
  const pieces = [{ tokens: activations.map(() => "word "), activations }];
  return { text: "poems.txt", units: [{ unit: 7, layer: 0, feature: "quotes", correlation: 0.99, pieces }] };
}

Deno.test({ name: "axe-core finds nothing serious in a report", ignore: AXE === undefined }, async (t) => {
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
        await page.evaluate(`${AXE};undefined`);
        const { violations } = await page.evaluate<{ violations: Violation[] }>("axe.run()");
        const found = violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes[0]!.html}`);
        assertEquals(found.filter((text) => /^(serious|critical)/.test(text)), []);
        if (found.length > 0) console.log(found.join("\n"));
        await page.close();
      });
    }
  }
});
