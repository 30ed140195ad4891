/**
 * What makes a script or a style part of a page.
 *
 * @module
 */
import { Mistake } from "./mistake.ts";

/** The project's folder. */
export const ROOT: URL = new URL("../../", import.meta.url);
/** The members of what is written, as a type. */
export const PARTS = '"script" | "style" | "scriptHash" | "styleHash"';

/**
 * A script and a style with their hashes, as an object is written.
 *
 * @param parts Their texts, and what else is a member.
 * @returns TypeScript.
 * @throws {Mistake} If one of them would end within a page.
 */
export async function partsOf(
  parts: { script: string; style: string } & Record<string, string>,
): Promise<string> {
  const { script, style } = parts;
  assertInPage("a script or a style", script + style);
  const members = { ...parts, scriptHash: await hashOf(script), styleHash: await hashOf(style) };
  const lines = Object.entries(members).map(([name, text]) => `  ${name}: ${JSON.stringify(text)},`);
  return `{\n${lines.join("\n")}\n}`;
}

/**
 * Checks that a text ends no element that it stands in.
 *
 * @param what What it is, in words.
 * @param text The text.
 * @throws {Mistake} If it does.
 */
export function assertInPage(what: string, text: string): void {
  if (/<\/script|<\/style|<script|<!--|\r/i.test(text)) {
    throw new Mistake(`tools/: ${what} has what ends it within a page`);
  }
}

async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(hash).toBase64()}'`;
}

/**
 * A script of a module and what it imports.
 *
 * @param path Its path in the project.
 * @param config The configuration that resolves its imports.
 * @returns The script, minified.
 * @throws {Mistake} If it cannot be bundled.
 */
export async function bundle(path: string, config: string): Promise<string> {
  const args = [
    "bundle",
    "-q",
    "--config",
    config,
    "--minify",
    "--platform",
    "browser",
    "--format",
    "iife",
    path,
  ];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  if (!success) throw new Mistake(`${path}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout).trim();
}

/**
 * CSS without comments and indentation.
 *
 * @param paths Files, in order.
 * @returns One text.
 */
export async function styleOf(...paths: readonly string[]): Promise<string> {
  const css = await Promise.all(paths.map((path) => Deno.readTextFile(new URL(path, ROOT))));
  return css.join("").replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ").replace(/ ?([{};,]) ?|(:) /g, "$1$2")
    .replaceAll(";}", "}").trim();
}
