/**
 * The project's own files as text, for the tests of its rules.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** The entries of a folder, folders with a slash at their end; none where the folder is not there. */
export function entriesOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(new URL(folder, ROOT))]
      .map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** All files below a folder, as paths from the project's root. */
export function filesIn(folder: string): string[] {
  return entriesOf(folder).flatMap((name) =>
    name.endsWith("/") ? filesIn(`${folder}${name}`) : [`${folder}${name}`]
  );
}

/** A file's text, undefined where it is not there. */
export function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The comment that a file opens with, but for the lines that the build reads. */
export function headComment(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end < 0 ? lines.length : end).filter((line) => !line.startsWith("// uses ")).join(
    "\n",
  );
}

/** A text without its comments. A comment is one that begins a line or follows a space. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** What a module imports or re-exports. */
export interface Import {
  /** From the project's root, or as it is written where it is not relative. */
  path: string;
  /** Whether it is loaded only when asked for. */
  dynamic: boolean;
}

/** The imports of a module, those of types too. */
export function importsOf(path: string): Import[] {
  const text = withoutComments(readText(path) ?? "");
  const found = (pattern: RegExp, dynamic: boolean): Import[] =>
    [...text.matchAll(pattern)].map((match) => ({ path: resolve(match[1]!, path), dynamic }));
  return [
    ...found(/^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"/gm, false),
    ...found(/^import\s*"([^"]+)"/gm, false),
    ...found(/\bimport\((?:\s|\/\*.*?\*\/)*"([^"]+)"/g, true), // bundlers are told something in comments there
  ];
}

function resolve(specifier: string, from: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, new URL(from, ROOT)).href.slice(ROOT.href.length);
}
