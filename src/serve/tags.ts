/**
 * ETags of files that change while they are served.
 *
 * @module
 */
import { fileSize, modificationTime, pathKind } from "../files/paths.ts";

/**
 * What tells one state of some files from another.
 *
 * @param paths The files, of which any may be missing.
 * @param word What else is told apart.
 * @returns A strong ETag.
 */
export async function tagOf(paths: readonly string[], word: string = ""): Promise<string> {
  const parts = await Promise.all(paths.map(async (path) => {
    if (await pathKind(path) !== "file") return "-";
    return `${(await fileSize(path)).toString(36)}.${Math.round(await modificationTime(path)).toString(36)}`;
  }));
  return `"${[...parts, ...(word ? [word] : [])].join("_")}"`;
}

/**
 * The answer to who has that state already.
 *
 * @param request The request.
 * @param tag The state's ETag.
 * @returns A response of status 304; undefined for who has another.
 */
export function unchanged(request: Request, tag: string): Response | undefined {
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((one) =>
    one.trim().replace(/^W\//, "")
  );
  if (!known.includes(tag) && !known.includes("*")) return undefined;
  return new Response(null, { status: 304, headers: { etag: tag, "cache-control": "no-cache" } });
}
