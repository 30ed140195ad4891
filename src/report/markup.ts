/**
 * Markup that is put together from text: what comes from a run is escaped where it is put in, so that it stays data.
 *
 * @module
 */
import { visible } from "../messages/visible.ts";

/** Markup that stands as it is. */
export class Markup {
  /** The markup. */
  readonly text: string;

  /**
   * Takes markup; `markup` makes it from parts.
   *
   * @param text It is trusted.
   */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into markup; nothing stands for undefined. */
export type Content = Markup | string | number | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A template of markup.
 *
 * @param parts What was written by us.
 * @param values What is put in: strings are escaped, their control characters shown as signs, markup stands as it is.
 * @returns The markup.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const name = "</p><script>";
 * assertEquals(markup`<p title="${name}">${[1, markup`<b></b>`]}</p>`.text, '<p title="&lt;/p&gt;&lt;script&gt;">1<b></b></p>');
 * ```
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => part + textOf(values[index])).join(""));
}

function textOf(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(textOf).join("");
  return visible(String(content), "\n").replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/**
 * Data for a script of the page, in an element that no browser runs.
 *
 * @param id The element's id.
 * @param data Plain data.
 * @returns The element: nothing in it can end it or begin another.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { text } = dataElement("names", ["</script><!--"]);
 * assertEquals(text, '<script type="application/json" id="names">["\\u003c/script>\\u003c!--"]</script>');
 * ```
 */
export function dataElement(id: string, data: unknown): Markup {
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return new Markup(`<script type="application/json" id="${id}">${json}</script>`);
}
