/** Shaders as lists of what they share: declarations, each of which src/generated/kernels.ts has once. @module */

/** Shaders by the places of their parts. */
export interface Parted {
  readonly parts: readonly string[];
  readonly shaders: Readonly<Record<string, readonly number[]>>;
}

/** The declarations of a shader: each ends where all braces are closed. */
function declarationsIn(text: string): string[] {
  const declarations: string[] = [];
  let depth = 0;
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    lines.push(line);
    for (const sign of line) depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
    if (depth > 0) continue;
    declarations.push(lines.join("\n"));
    lines = [];
  }
  return declarations;
}

/**
 * Takes shaders apart.
 *
 * @param texts Shaders by name.
 * @returns Each declaration once, and which ones a shader joins, by line breaks.
 */
export function partedShaders(texts: Readonly<Record<string, string>>): Parted {
  const places = new Map<string, number>();
  const shaders = Object.entries(texts).map(([name, text]) => {
    const declarations = declarationsIn(text);
    for (const declaration of declarations) {
      if (!places.has(declaration)) places.set(declaration, places.size);
    }
    return [name, declarations.map((declaration) => places.get(declaration)!)] as const;
  });
  return { parts: [...places.keys()], shaders: Object.fromEntries(shaders) };
}
