/**
 * Tables that scroll by themselves where a page is narrow.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { make } from "../../page/elements.ts";

/**
 * A table.
 *
 * @param label What it is.
 * @param columns Their names.
 * @param rows Texts or elements; the first of each is the row's head.
 */
export function tableOf(
  label: string,
  columns: readonly string[],
  rows: readonly (readonly (string | Node)[])[],
): HTMLElement {
  const shown = (cell: string | Node): string | Node => typeof cell === "string" ? visible(cell) : cell;
  const head = columns.map((column) => make("th", { scope: "col" }, column));
  const body = rows.map(([first, ...rest]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, shown(first!)),
      ...rest.map((cell) => make("td", {}, shown(cell))),
    )
  );
  const table = make(
    "table",
    {},
    ...(columns.length === 0 ? [] : [make("thead", {}, make("tr", {}, ...head))]),
    make("tbody", {}, ...body),
  );
  return make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);
}
