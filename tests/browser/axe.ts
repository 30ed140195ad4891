/** What axe-core finds on a page that is open. @module */
import { fileOf } from "../support/npm.ts";
import { hasChromium } from "./launch.ts";
import type { Page } from "./playwright.ts";

const AXE = await hasChromium() ? await fileOf("axe-core", "axe.min.js") : undefined;

/** What it finds, and where. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly html: string;
}

/** The violations alone: all else that it tells takes seconds to bring here. */
const RUN = `axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0].html })))`;

/** Whether there are axe-core, Chromium and its driver. */
export const HAS_AXE: boolean = AXE !== undefined;

/** What is serious of it, or of other impacts, a line each; the rest is printed. */
export async function seriousIn(page: Page, impacts = /^(serious|critical)/): Promise<string[]> {
  await page.evaluate(`${AXE};undefined`);
  const violations = await page.evaluate<Violation[]>(RUN);
  const lines = violations.map(({ id, impact, html }) => `${impact}: ${id}: ${html.slice(0, 200)}`);
  if (lines.length > 0) console.log(lines.join("\n"));
  return lines.filter((line) => impacts.test(line));
}
