/**
 * The text of a shader as a driver gets it: loops under a line `// unroll` are written out. wgpu counts the rounds of every
 * loop, which keeps drivers from unrolling it and its arrays from registers. Private to webgpu*.ts and to the build.
 *
 * @module
 */

/** What stands above a loop that is written out. */
export const UNROLL = "// unroll";

/** A line of a shader, without comments and indentation. */
export interface Line {
  readonly text: string;
}

/** Makes the error for a line that cannot be dealt with. */
export type Refuse<L> = (line: L, why: string) => Error;

/**
 * Writes out the loops under a line `// unroll`: `for (var i = 0u; i < N; i++) { … }` turns into N blocks
 * `{ const i = …u; … }`. N is a number or a `const` of the shader: a number too, or two of them multiplied or divided.
 *
 * @param lines The shader.
 * @param refuse What is thrown where a loop reads otherwise.
 * @param all Where constants are looked up.
 * @returns Its lines, each block's with what else the lines of the loop had.
 */
export function unrolled<L extends Line>(
  lines: readonly L[],
  refuse: Refuse<L> = ({ text }, why) => new SyntaxError(`Cannot unroll "${text}": ${why}`),
  all: readonly L[] = lines,
): L[] {
  const result: L[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]!.text !== UNROLL) {
      result.push(lines[at]!);
      continue;
    }
    const head = lines[at + 1]!;
    const [, name, bound] = /^for \(var (\w+) = 0u; \1 < (\w+); \1\+\+\) \{$/.exec(head.text) ?? [];
    if (!bound) throw refuse(head, `a loop to unroll must read "for (var i = 0u; i < N; i++) {"`);
    const end = endOf(lines, at + 1, refuse);
    const count = valueOf(bound, all);
    if (count === undefined) throw refuse(head, `the shader has no "const ${bound}"`);
    const body = unrolled(lines.slice(at + 2, end), refuse, all);
    for (let round = 0; round < count; round++) {
      result.push({ ...head, text: "{" }, { ...head, text: `const ${name} = ${round}u;` });
      result.push(...body, { ...lines[end]!, text: "}" });
    }
    at = end;
  }
  return result;
}

/** The line that closes the block which line `start` opens. */
function endOf<L extends Line>(lines: readonly L[], start: number, refuse: Refuse<L>): number {
  let depth = 0;
  for (let index = start; index < lines.length; index++) {
    for (const letter of lines[index]!.text) depth += { "{": 1, "}": -1 }[letter] ?? 0;
    if (depth === 0) return index;
  }
  throw refuse(lines[start]!, "this block has no end");
}

/** The value of digits, or of a constant. */
function valueOf(word: string, all: readonly Line[]): number | undefined {
  if (/^\d/.test(word)) return parseInt(word);
  const constant = new RegExp(`^const ${word} = (\\w+)(?: ([*/]) (\\w+))?;`);
  const found = all.map(({ text }) => constant.exec(text)).find((found) => found);
  if (!found) return undefined;
  const [, left, sign, right] = found;
  const first = valueOf(left!, all);
  if (!sign || first === undefined) return first;
  const second = valueOf(right!, all);
  if (second === undefined) return undefined;
  return sign === "*" ? first * second : first / second;
}

/** The lanes of a subgroup for which variants `software` are written; `lanes` puts others in their place. */
const WRITTEN_FOR = 8;

/**
 * A shader's text for a driver.
 *
 * @param text As the build left it.
 * @param lanes Of a subgroup, for the variants whose subgroups are whole workgroups.
 * @returns The text without loops to unroll.
 */
export function driverText(text: string, lanes: number = WRITTEN_FOR): string {
  const lines = text.split("\n").map((text) => ({
    text: text === `const LANES = ${WRITTEN_FOR}u;` ? `const LANES = ${lanes}u;` : text,
  }));
  return unrolled(lines).map(({ text }) => text).join("\n");
}
