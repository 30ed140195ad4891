/** The page in a real browser: curves, buttons and tables work, text of runs does nothing, and 100,000 reports open fast. @module */
import { assert, assertEquals } from "@std/assert";
import { report } from "../../mod.ts";
import type { Tab } from "../browser/chromium.ts";
import { UPLOT } from "../../src/generated/uplot.ts";
import { visible } from "../../src/messages/visible.ts";
import { hostile, hostileRun, runOf } from "./runs.ts";
import { HAS_CHROMIUM, settled, Viewer } from "./viewer.ts";

/** How many charts are drawn. */
const DRAWN = "document.querySelectorAll('.uplot').length";

Deno.test({ name: "a report in Chromium", ignore: !HAS_CHROMIUM }, async (t) => {
  await using viewer = await Viewer.start();

  await t.step("every chart is drawn when it comes into view, with legend, buttons and table", async () => {
    const { tab, asked } = await viewer.open(await report([runOf("first", 40)]).html());
    await seeAll(tab);
    assertEquals(await tab.evaluate(DRAWN), 5);
    const texts = await tab.evaluate(
      "[...document.querySelectorAll('#loss .u-label')].map((label) => label.textContent)",
    );
    assertEquals(texts, ["epoch", "training", "validation", "best n-gram"]);
    await tab.evaluate("document.querySelector('#loss summary').click()");
    await settled(tab);
    assertEquals(await tab.evaluate("document.querySelectorAll('#loss .tall tbody tr').length"), 40);
    const row = await tab.evaluate("document.querySelector('#loss .tall tbody tr').innerText");
    assertEquals(row, "1\t5\t5.51");
    assertEquals(asked, []);
  });

  await t.step("a logarithmic scale and a zoom change what is seen, and all charts follow", async () => {
    const { tab } = await viewer.open(await report([runOf("first", 40), runOf("second", 30)]).html());
    const picture = (): Promise<unknown> =>
      tab.evaluate("document.querySelector('#loss canvas').toDataURL()");
    const pressed = (label: string): Promise<unknown> =>
      tab.evaluate(`(() => { const button = document.querySelector('#loss [aria-label^="${label}"]');
        button.click(); return button.getAttribute("aria-pressed"); })()`);
    const pictures = [await picture()];
    for (
      const [label, state] of [["Log scale", "true"], ["Zoom in", null], ["All epochs", null], [
        "Log scale",
        "false",
      ]] as const
    ) {
      assertEquals(await pressed(label), state);
      await settled(tab);
      pictures.push(await picture());
    }
    assertEquals(new Set(pictures).size, 3, "log, zoomed log, and back to what it was");
    assertEquals(pictures[3], pictures[1]);
    assertEquals(pictures[4], pictures[0]);
  });

  await t.step("a mouse shows the numbers under it, and what it is dragged over", async () => {
    const { tab } = await viewer.open(await report([runOf("first", 41)]).html());
    await tab.evaluate("document.querySelector('#loss').scrollIntoView()");
    const box = await tab.evaluate(
      "document.querySelector('#loss .u-over').getBoundingClientRect().toJSON()",
    ) as DOMBox;
    const move = (type: string, part: number, clickCount = 1): Promise<unknown> =>
      tab.send("Input.dispatchMouseEvent", {
        type,
        x: box.x + part * box.width,
        y: box.y + box.height / 2,
        button: type === "mouseMoved" ? "none" : "left",
        clickCount,
      });
    const shown = (): Promise<unknown> =>
      tab.evaluate("[...document.querySelectorAll('#loss .u-value')].map((value) => value.textContent)");
    await move("mouseMoved", 0.5);
    await settled(tab);
    assertEquals(await shown(), ["21", "1.19048", "1.90048", "2.25"]);
    await move("mousePressed", 0.5);
    await move("mouseMoved", 0.75);
    await move("mouseReleased", 0.75);
    await move("mouseMoved", 0.3);
    await settled(tab);
    const [epoch] = await shown() as string[];
    assert(Number(epoch) >= 21 && Number(epoch) <= 31, `${epoch} is seen, and was 13 before`);
    for (const clickCount of [1, 2]) {
      await move("mousePressed", 0.5, clickCount);
      await move("mouseReleased", 0.5, clickCount);
    }
    await move("mouseMoved", 0.01);
    await settled(tab);
    assertEquals((await shown() as string[])[0], "1", "all of them again");
  });

  await t.step("a run whose every text is markup does nothing and asks for nothing", async () => {
    const page = await report([hostileRun(viewer.address), runOf("second", 3), hostileRun(viewer.address)])
      .html();
    const { tab, asked } = await viewer.open(page);
    await seeAll(tab);
    await tab.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
    await settled(tab);
    assertEquals(await tab.evaluate(DRAWN), 5);
    assertEquals(await tab.evaluate("globalThis.hit"), undefined);
    assertEquals(
      await tab.evaluate(
        "document.querySelectorAll('img,iframe,link,object,embed,[onerror],[onload]').length",
      ),
      0,
    );
    const heads = await tab.evaluate(
      "document.querySelector('#loss .tall').querySelectorAll('th')[1].textContent",
    );
    assertEquals(heads, `${visible(hostile(viewer.address))}, training`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertEquals(asked, []);
  });

  await t.step("the policy would stop what came into the page all the same", async () => {
    const page = await report([runOf("first", 3)]).html();
    const evil = hostile(viewer.address).split(`"'>`)[1]!; // behind what would end other elements
    const { tab, asked } = await viewer.open(page.replace("<main>", () => `<main>${evil}`));
    await tab.evaluate(`document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(evil)})`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertEquals([await tab.evaluate("globalThis.hit"), asked], [undefined, []]);
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
    const least = [Infinity, Infinity]; // of each page: what is above it, other programs took
    for (let round = 0; round < 5; round++) {
      for (const [index, page] of [own, bare].entries()) {
        const { tab } = await viewer.open(page);
        least[index] = Math.min(least[index]!, await tab.evaluate(SHOWN) as number);
        assertEquals(await tab.evaluate("document.querySelectorAll('canvas').length > 0"), true);
        await tab.send("Page.close");
      }
    }
    const ratio = least[0]! / least[1]!;
    console.log(`a report of ${count} reports takes ${ratio.toFixed(2)} of uPlot's own time`);
    assert(ratio <= 2, `${least.map((time) => time.toFixed(0)).join(" and ")} ms`);
  });
});

/** Where something is on the page. */
interface DOMBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Takes note of when the frame behind what is drawn has been made. */
const TAIL = "requestAnimationFrame(() => setTimeout(() => { globalThis.shownAt = performance.now(); }))";

/** When that was, in milliseconds from the request. */
const SHOWN = `new Promise((resolve) => {
  const look = () => globalThis.shownAt === undefined ? setTimeout(look, 10) : resolve(globalThis.shownAt);
  look();
})`;

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
async function seeAll(tab: Tab): Promise<void> {
  for (const id of ["loss", "perplexity", "rate", "norm", "speed"]) {
    await tab.evaluate(`document.getElementById("${id}").scrollIntoView()`);
    await settled(tab);
  }
}
