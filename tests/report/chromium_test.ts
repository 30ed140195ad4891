/** The page in a real browser: curves, buttons and tables work, text of runs does nothing, and 100,000 reports open fast. @module */
import { assert, assertEquals } from "@std/assert";
import { report } from "../../mod.ts";
import type { Page } from "../browser/playwright.ts";
import { UPLOT } from "../../src/generated/uplot.ts";
import { visible } from "../../src/messages/visible.ts";
import { hostile, hostileRun, runOf } from "./runs.ts";
import { HAS_CHROMIUM, settled, Viewer } from "./viewer.ts";

Deno.test({ name: "a report in Chromium", ignore: !HAS_CHROMIUM }, async (t) => {
  await using viewer = await Viewer.start();

  await t.step("every chart is drawn when it comes into view, with legend, buttons and table", async () => {
    const { page, asked } = await viewer.open(await report([runOf("first", 40)]).html());
    await seeAll(page);
    assertEquals(await page.locator(".uplot").count(), 5);
    const loss = page.locator("#loss");
    const labels = await loss.locator(".u-label").allTextContents();
    assertEquals(labels, ["epoch", "training", "validation", "best n-gram"]);
    await loss.locator("summary").click();
    const rows = loss.locator(".tall tbody tr");
    assertEquals(await rows.first().innerText(), "1\t5\t5.51");
    assertEquals(await rows.count(), 40);
    assertEquals(asked, []);
  });

  await t.step("a logarithmic scale and a zoom change what is seen, and all charts follow", async () => {
    const { page } = await viewer.open(await report([runOf("first", 40), runOf("second", 30)]).html());
    const picture = (): Promise<string> =>
      page.evaluate("document.querySelector('#loss canvas').toDataURL()");
    const pictures = [await picture()];
    for (
      const [label, state] of [["Log scale", "true"], ["Zoom in", null], ["All epochs", null], [
        "Log scale",
        "false",
      ]] as const
    ) {
      const button = page.locator("#loss").getByRole("button", { name: label });
      await button.click();
      assertEquals(await button.getAttribute("aria-pressed"), state);
      await settled(page);
      pictures.push(await picture());
    }
    assertEquals(new Set(pictures).size, 3, "log, zoomed log, and back to what it was");
    assertEquals(pictures[3], pictures[1]);
    assertEquals(pictures[4], pictures[0]);
  });

  await t.step("a log of one report or two stands every button", async () => {
    for (const runs of [[runOf("first", 1)], [runOf("first", 2)], [runOf("first", 1), runOf("second", 2)]]) {
      const { page } = await viewer.open(await report(runs).html());
      await seeAll(page);
      for (const name of ["All epochs", "Zoom in", "Log scale", "Zoom out", "All epochs"]) {
        await page.locator("#loss").getByRole("button", { name }).click();
      }
      const box = (await page.locator("#loss .u-over").boundingBox())!;
      await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
      await settled(page);
      assertEquals(await page.locator("#loss .u-label").first().innerText(), "epoch");
    }
  });

  await t.step("a mouse shows the numbers under it, and what it is dragged over", async () => {
    const { page } = await viewer.open(await report([runOf("first", 41)]).html());
    const chart = page.locator("#loss .u-over");
    await chart.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await chart.boundingBox())!;
    const at = (part: number): [number, number] => [x + part * width, y + height / 2];
    const shown = async (): Promise<string[]> => {
      await settled(page);
      return await page.locator("#loss .u-value").allTextContents();
    };
    await page.mouse.move(...at(0.5));
    assertEquals(await shown(), ["21", "1.19048", "1.90048", "2.25"]);
    await page.mouse.down();
    await page.mouse.move(...at(0.75));
    await page.mouse.up();
    await page.mouse.move(...at(0.3));
    const [epoch] = await shown();
    assert(Number(epoch) >= 21 && Number(epoch) <= 31, `${epoch} is seen, and was 13 before`);
    await page.mouse.dblclick(...at(0.5));
    await page.mouse.move(...at(0.01));
    assertEquals((await shown())[0], "1", "all of them again");
  });

  await t.step("a run whose every text is markup does nothing and asks for nothing", async () => {
    const evil = hostileRun(viewer.address);
    const { page, asked } = await viewer.open(await report([evil, runOf("second", 3), evil]).html());
    await seeAll(page);
    await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
    await settled(page);
    assertEquals(await page.locator(".uplot").count(), 5);
    assertEquals(await page.locator("img,iframe,link,object,embed,[onerror],[onload]").count(), 0);
    const [, head] = await page.locator("#loss .tall").first().locator("th").allTextContents();
    assertEquals(head, `${visible(hostile(viewer.address))}, training`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertEquals([await page.evaluate("globalThis.hit"), asked], [undefined, []]);
  });

  await t.step("the policy would stop what came into the page all the same", async () => {
    const html = await report([runOf("first", 3)]).html();
    const evil = hostile(viewer.address).split(`"'>`)[1]!; // behind what would end other elements
    const { page, asked } = await viewer.open(html.replace("<main>", () => `<main>${evil}`));
    await page.evaluate(`document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(evil)})`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertEquals([await page.evaluate("globalThis.hit"), asked], [undefined, []]);
  });

  await t.step("100,000 reports open in twice uPlot's own time at most", async () => {
    const count = 100_000;
    const log = Array.from({ length: count }, (_, i) => ({
      epoch: i + 1,
      steps: 20 * (i + 1),
      loss: 2 + Math.sin(i / 5000) + (i * 7919 % 100) / 500,
      validationLoss: 2.5 + Math.sin(i / 5000) + (i * 104_729 % 100) / 500,
      learningRate: 1e-3 / (1 + i / 1000),
      gradNorm: 1 + (i * 31 % 17) / 17,
      tokensPerSecond: 50_000 + i % 1000,
      samples: [{ prefix: "a", text: `a ${i}` }],
    }));
    const own = await timed(await report([{ name: "long", log }]).html());
    const bare = await timed(
      barePage(
        log.map(({ epoch }) => epoch),
        log.map(({ loss }) => loss),
        log.map(({ validationLoss }) => validationLoss),
      ),
    );
    const pages = [await viewer.open(own), await viewer.open(bare)];
    const least = [Infinity, Infinity]; // of each page: what is above it, other programs took
    for (let round = 0; round < 5 || (round < 20 && least[0]! > 2 * least[1]!); round++) {
      for (const [index, { page }] of pages.entries()) {
        await page.reload();
        await page.waitForFunction("globalThis.shownAt");
        least[index] = Math.min(least[index]!, await page.evaluate<number>("globalThis.shownAt"));
        assert(await page.locator("canvas").count() > 0);
      }
    }
    const ratio = least[0]! / least[1]!;
    console.log(`a report of ${count} reports takes ${ratio.toFixed(2)} of uPlot's own time`);
    assert(ratio <= 2, `${least.map((time) => time.toFixed(0)).join(" and ")} ms`);
  });
});

/** Takes note of when the frame behind what is drawn has been made. */
const TAIL = "requestAnimationFrame(() => setTimeout(() => { globalThis.shownAt = performance.now(); }))";

/** A page that takes note of when it is shown, which its policy lets it. */
async function timed(page: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(TAIL)))
    .toBase64();
  return page.replace("script-src ", `script-src 'sha256-${hash}' `)
    .replace("</body>", () => `<script>${TAIL}</script></body>`);
}

/** uPlot with the same curves, and nothing else. */
function barePage(...columns: readonly (readonly number[])[]): string {
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><style>${UPLOT.style}</style></head><body><div id="place"></div>
<script type="application/json" id="data">${
    JSON.stringify(columns)
  }</script><script>${UPLOT.script}</script><script>
const data = JSON.parse(document.getElementById("data").textContent);
const series = [{}, { stroke: "blue", width: 1.75 }, { stroke: "orange", width: 1.75 }];
new uPlot({ width: 1040, height: 300, scales: { x: { time: false } }, series }, data, document.getElementById("place"));
</script></body></html>`;
}

/** Brings every chart into view, one after the other. */
async function seeAll(page: Page): Promise<void> {
  for (const id of ["loss", "perplexity", "rate", "norm", "speed"]) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await page.locator(`#${id} .uplot`).waitFor();
  }
}
