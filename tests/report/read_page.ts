/** What a page of a report holds, read without a browser. @module */
import { assertEquals } from "@std/assert";
import { PAGE } from "../../src/generated/report_page.ts";
import { UPLOT } from "../../src/generated/uplot.ts";

/** Every element that a page may have. */
const ELEMENTS =
  "b|body|circle|details|div|figcaption|figure|footer|h[1-4]|head|header|html|li|line|main|meta|noscript|p|" +
  "polyline|pre|rect|script|section|span|style|summary|svg|table|tbody|td|text|th|thead|title|tr|ul";
const TAG = new RegExp(`^(${ELEMENTS}|!DOCTYPE|!--)$`);

/** A page without its code, styles and data: markup and the text in it. */
export function markupOf(page: string): string {
  const code = [UPLOT.script!, UPLOT.style!, PAGE.script!, PAGE.style!];
  const rest = code.reduce((text, part) => text.replace(part, () => ""), page);
  return rest.replace(/(<script type="application\/json" id="[\w-]+">)[^<]*(?=<\/script>)/g, "$1");
}

/** The data that a page's script reads, by element. */
export function dataOf(page: string): Record<string, unknown> {
  const elements = page.matchAll(/<script type="application\/json" id="([\w-]+)">([^<]*)<\/script>/g);
  return Object.fromEntries([...elements].map(([, id, json]) => [id, JSON.parse(json!)]));
}

/** Checks that no text of a run has become markup: elements, attributes and comments are those that a report has. */
export function assertOwnMarkup(page: string): void {
  const markup = markupOf(page).replace(/="[^"]*"/g, '=""'); // what is quoted is no attribute
  const tags = [...markup.matchAll(/<\/?([^\s>]*)/g)].map(([, name]) => name!);
  assertEquals(tags.filter((name) => !TAG.test(name)), []);
  assertEquals(markup.match(/<!--/g)?.length, 1);
  assertEquals(markup.match(/<[^>]*\s(on\w+|src|href|style|srcset|action)\s*=/gi), null);
}
