/** The house's rules of `deno lint`: what each of them refuses, and what it lets pass. @module */
import { assertEquals } from "@std/assert";
import house from "../tools/lint/mod.ts";

/** Files that break a rule, and files that keep it. */
interface Cases {
  readonly refused: readonly [source: string, message: string][];
  readonly passed: readonly string[];
}

const ONE = "A statement declares one variable";
const SPREAD = "A literal is not spread: its members stand in its place";
const ASSIGNMENT = "An assignment is a statement of its own";

const CASES: Readonly<Record<string, Cases>> = {
  "one-declaration": {
    refused: [
      ["const a = 1, b = 2;", ONE],
      ["let a, b: string;", ONE],
      ["export const { a } = x, b = 2;", ONE],
      ["function f() { using a = x(), b = y(); }", ONE],
      ["for (;;) var a = 1, b = 2;", ONE],
    ],
    passed: ["const a = 1;\nconst b = 2;", "for (let i = 0, n = 2; i < n; i++);", "const { a, b } = x;"],
  },
  "no-literal-spread": {
    refused: [
      ["const a = { ...{ b, c }, d };", SPREAD],
      ["const a = [...[b, c], d];", SPREAD],
      ['const a = [...["b", "c"] as const];', SPREAD],
      ["call(...[b, c]);", SPREAD],
      ["const a = { ...({ b } satisfies C), d };", SPREAD],
      ["const a = [...[b]!];", SPREAD],
    ],
    passed: [
      "const a = { ...b, ...(c ? { d } : {}) };",
      "const a = [...b, ...[c, d].map(e)];",
      "call(...a);",
    ],
  },
  "no-inner-assignment": {
    refused: [
      ["a = b = 1;", ASSIGNMENT],
      ["const a = this.a = 1;", ASSIGNMENT],
      ["if (a = 1) call();", ASSIGNMENT],
      ["list.forEach((b) => a = b);", ASSIGNMENT],
      ["call(a, b ??= 1);", ASSIGNMENT],
      ["for (; a = call();) call();", ASSIGNMENT],
      ["a = 1, call();", ASSIGNMENT],
    ],
    passed: [
      "a = 1;",
      "a.b += 1;",
      "for (i = 0, j = 1; i < 3; i += 2, j++);",
      "list.forEach((b) => {\n  a = b;\n});",
      "function f(a = 1) {}",
      "c[i++] = 1;",
    ],
  },
  "jsdoc-dialect": {
    refused: [
      ["/**\n * A.\n *\n * @param a the size\n */", "The description of @param begins with a capital letter"],
      [
        "/**\n * A.\n *\n * @param a The size,\n * in words\n */",
        "The description of @param ends with a full stop",
      ],
      ["/** @returns the size. */", "The description of @returns begins with a capital letter"],
      ["/** @param a */", "@param has a description"],
      ["/** @returns The size */", "The description of @returns ends with a full stop"],
      ["/** @throws {Error} when it fails. */", "@throws has the error's type in braces, and says If"],
      ["/** @throws If it fails. */", "@throws has the error's type in braces, and says If"],
      ["/** @throws {Error} If it fails */", "The description of @throws ends with a full stop"],
      ["/** A. @default {1} */", "A tag begins a line"],
      ["/** The rows (T*B, V), as D*H. */", "A product is written T·B, as asterisks are emphasis"],
      ["/**\n * A.\n *\n * @default 1\n */", "@default has its value in braces"],
      ["/**\n * A.\n *\n * @example\n * ```ts\n * a();\n * ```\n */", "@example has a title"],
      [
        "/**\n * A.\n *\n * @example Usage\n * ```ts\n * a();\n * ```\n *\n * @param a The size.\n */",
        "@param comes before @example",
      ],
    ],
    passed: [
      "/** A. */",
      "/* @param a any comment */",
      "/** Step k takes columns k * T to (k + 1) * T; `T*B` is code. */",
      "// @returns any comment",
      "/**\n * A `@param b` of {@linkcode B} in @std/c.\n *\n * @module\n */",
      "/**\n * A.\n *\n * @param a The size,\n * in words.\n * @returns (B, T) What it is.\n * @throws {Error} If it fails.\n *\n" +
      " * @example Usage\n * ```ts\n * // a @param b\n * @a() class B {}\n * ```\n */",
      "/**\n * A.\n *\n * @default {1} 2 on Sundays.\n */",
      "/** @default {{ a: 1 }} */",
    ],
  },
};

for (const [rule, { refused, passed }] of Object.entries(CASES)) {
  /** The messages of this rule; a file has one statement at least. */
  const messagesOf = (source: string): string[] =>
    Deno.lint.runPlugin(house, "file.ts", `// 分 µ\n${source}\nend();\n`)
      .filter(({ id }) => id === `house/${rule}`).map(({ message }) => message);

  Deno.test(`house/${rule} refuses what breaks it, and nothing else`, () => {
    for (const [source, message] of refused) assertEquals(messagesOf(source), [message], source);
    for (const source of passed) assertEquals(messagesOf(source), [], source);
  });
}

Deno.test("every rule of the house is tested", () => {
  assertEquals(Object.keys(house.rules).sort(), Object.keys(CASES).sort());
});
