/**
 * Documentation is written in denoland/std's dialect of JSDoc: a tag begins a line, its description is a sentence, `@throws`
 * has a type and says If, `@default` has braces, and examples have titles and come last. A product of letters is
 * written T·B: Markdown reads asterisks between letters as emphasis, and shows TB.
 *
 * @module
 */

/** A tag of a comment, with all lines up to the next one. */
interface Tag {
  readonly name: string;
  /** What follows the name, line breaks included. */
  readonly text: string;
}

/** What stands before a tag's description: the name of a parameter, the type of an error. */
const HEADS: Readonly<Record<string, RegExp>> = {
  param: /^\s*\S+\s*/,
  returns: /^\s*/,
  throws: /^\s*(\{[^}]*\}\s*)?/,
};

/** A tag behind other words of a line, which no reader of JSDoc knows for one. */
const WITHIN = /\S\s+@(param|returns|throws|default|example)\b/;

/** A product of two letters, written with an asterisk. */
const PRODUCT = /\p{L}\*\p{L}/u;

/** Reports comments of another dialect. */
export const jsdocDialect: Deno.lint.Rule = {
  create(context) {
    return {
      Program(): void {
        for (const comment of context.sourceCode.getAllComments()) {
          if (comment.type !== "Block" || !comment.value.startsWith("*")) continue;
          const message = faultOf(comment.value);
          if (message !== undefined) context.report({ range: comment.range, message });
        }
      },
    };
  },
};

/** What is wrong with a comment first, in words. */
function faultOf(comment: string): string | undefined {
  const lines = proseOf(comment);
  const words = lines.map((line) => line.replace(/`[^`]*`/g, ""));
  if (words.some((line) => WITHIN.test(line))) return "A tag begins a line";
  if (words.some((line) => PRODUCT.test(line))) return "A product is written T·B, as asterisks are emphasis";
  const tags = tagsOf(lines);
  for (const [index, tag] of tags.entries()) {
    const late = tag.name in HEADS && tags.slice(0, index).some(({ name }) => name === "example");
    const fault = late ? `@${tag.name} comes before @example` : faultOfTag(tag);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The lines of a comment without its stars, and without the code of its examples. */
function proseOf(comment: string): string[] {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  let fenced = false;
  return lines.filter((line) => {
    const isFence = line.trimStart().startsWith("```");
    if (isFence) fenced = !fenced;
    return !fenced && !isFence;
  });
}

function tagsOf(lines: readonly string[]): Tag[] {
  const tags: Tag[] = [];
  for (const line of lines) {
    const [, name, text] = /^\s*@(\w+)(.*)$/.exec(line) ?? [];
    const last = tags.at(-1);
    if (name !== undefined) tags.push({ name, text: text! });
    else if (last) tags[tags.length - 1] = { ...last, text: `${last.text}\n${line}` };
  }
  return tags;
}

function faultOfTag({ name, text }: Tag): string | undefined {
  if (name === "example") return text.split("\n")[0]!.trim() === "" ? "@example has a title" : undefined;
  if (name === "default") return /^\s*\{.+\}/.test(text) ? undefined : "@default has its value in braces";
  const head = HEADS[name];
  if (head === undefined) return undefined;
  const description = text.replace(head, "").trim();
  if (name === "throws" && !/^\s*\{[^}]+\}\s+If\s/.test(text)) {
    return "@throws has the error's type in braces, and says If";
  }
  if (description === "") return `@${name} has a description`;
  if (/^\p{Ll}/u.test(description)) return `The description of @${name} begins with a capital letter`;
  return /[.!?]$/.test(description) ? undefined : `The description of @${name} ends with a full stop`;
}
