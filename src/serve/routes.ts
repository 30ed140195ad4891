/**
 * Routes: which function answers a request.
 *
 * @module
 */
import { ApiError } from "./api_error.ts";

/** A way to ask for something. */
export interface Route {
  /** Its method; what answers GET answers HEAD too. */
  readonly method: "GET" | "POST";
  /** Its path: a part that begins with a colon, as in `/runs/:name/model`, is any text without a slash. */
  readonly path: string;
  /** Whether it is answered without a token: it tells nothing of models and runs. */
  readonly open?: boolean;
  /**
   * Answers a request.
   *
   * @param request The request, of this method and path.
   * @param parts What stands in place of the path's parts that begin with a colon.
   * @returns The response.
   */
  handle(request: Request, parts: Readonly<Record<string, string>>): Response | Promise<Response>;
}

/** A route that was found, and the parts of the path that was asked for. */
export interface Found {
  readonly route: Route;
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * Finds what answers a request.
 *
 * @param routes All routes.
 * @param request The request.
 * @returns The route, and the parts of its path.
 * @throws {ApiError} If none has the path, or its method is another.
 */
export function findRoute(routes: readonly Route[], request: Request): Found {
  const { pathname } = new URL(request.url);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = routes.flatMap((route): Found[] => {
    const parts = partsOf(route.path, pathname);
    return parts ? [{ route, parts }] : [];
  });
  const fitting = found.find(({ route }) => route.method === method);
  if (fitting) return fitting;
  if (found.length === 0) throw new ApiError(404, "Cannot find what was asked for: no such path");
  const allow = [...new Set(found.map(({ route }) => route.method))].join(", ");
  throw new ApiError(405, `Cannot answer this method: the path takes ${allow}`, { headers: { allow } });
}

/** The named parts of a path; undefined where it is another. */
function partsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index]!;
    if (!part.startsWith(":")) {
      if (part !== text) return undefined;
      continue;
    }
    const decoded = decodedOf(text);
    if (!decoded) return undefined;
    parts[part.slice(1)] = decoded;
  }
  return parts;
}

function decodedOf(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
