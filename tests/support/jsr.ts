/**
 * A stand-in for the registry JSR on this machine: takes what `deno publish` sends, and serves it again. It knows one
 * version of each package, holds it in memory, and judges nothing.
 *
 * @module
 */

/** A package's files by path, "/mod.ts", and what it exports. */
export interface Package {
  /** Its only version. */
  version: string;
  /** Entry points by name, "." and "./name". */
  exports: Record<string, string>;
  /** Contents by path. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** The registry while it serves. */
export class Registry implements AsyncDisposable {
  /** Packages by name, "@scope/name". */
  readonly packages: Map<string, Package> = new Map();
  /** The names of those that were sent here, in order. */
  readonly sent: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Serves on a free port of this machine. */
  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      return this.#answer(request);
    });
  }

  /** What JSR_URL must be for Deno to come here. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Adds a package from texts by path. */
  add(name: string, { version, exports }: Omit<Package, "files">, texts: Record<string, string>): void {
    const encoder = new TextEncoder();
    const files = new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]));
    this.packages.set(name, { version, exports, files });
  }

  /** The text of a file of a package, undefined where it is not there. */
  text(name: string, path: string): string | undefined {
    const bytes = this.packages.get(name)?.files.get(path);
    return bytes && new TextDecoder().decode(bytes);
  }

  async #answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const call = /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)(?:\/versions\/([^/]+))?$/.exec(path);
    if (call) return await this.#publish(request, `@${call[1]}/${call[2]}`, call[3]);
    const [, name, rest] = /^\/(@[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
    const found = this.packages.get(name ?? "");
    if (!found) return missing();
    const { version, exports, files } = found;
    if (rest === "meta.json") return Response.json({ latest: version, versions: { [version]: {} } });
    if (rest === `${version}_meta.json`) {
      return Response.json({ exports, manifest: await manifestOf(files), moduleGraph2: {} });
    }
    const file = rest!.startsWith(`${version}/`) ? files.get(rest!.slice(version.length)) : undefined;
    return file ? new Response(file, { headers: { "content-type": contentType(rest!) } }) : missing();
  }

  async #publish(request: Request, name: string, version: string | undefined): Promise<Response> {
    if (version === undefined) return Response.json({});
    if (request.method !== "POST") return missing();
    const config = new URL(request.url).searchParams.get("config") ?? "/deno.json";
    const files = await untar(request.body!);
    const { exports } = JSON.parse(new TextDecoder().decode(files.get(config)!));
    this.sent.push(name);
    this.packages.set(name, {
      version,
      exports: typeof exports === "string" ? { ".": exports } : exports,
      files,
    });
    return Response.json({ id: crypto.randomUUID(), status: "success" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function missing(): Response {
  return Response.json({ code: "notFound", message: "There is nothing" }, { status: 404 });
}

function contentType(path: string): string {
  const types: Record<string, string> = { ts: "text/typescript", js: "text/javascript" };
  return types[path.split(".").at(-1)!] ?? "application/octet-stream";
}

async function manifestOf(files: Package["files"]): Promise<Record<string, unknown>> {
  const entries = [...files].map(async ([path, bytes]) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    return [path, { size: bytes.length, checksum: `sha256-${hash}` }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The plain files of a gzipped tape archive by path, each with a slash before it. */
export async function untar(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Package["files"]> {
  const tar = await new Response(body.pipeThrough(new DecompressionStream("gzip"))).bytes();
  const files: Package["files"] = new Map();
  for (let header = 0; header < tar.length && tar[header] !== 0;) {
    const field = (start: number, length: number): string =>
      new TextDecoder().decode(tar.subarray(header + start, header + start + length)).split("\0")[0]!;
    const size = parseInt(field(124, 12), 8);
    const start = header + 512;
    const prefix = field(257, 5) === "ustar" ? field(345, 155) : "";
    const name = `${prefix && `${prefix}/`}${field(0, 100)}`.replace(/^\.?\/*/, "/");
    if (["", "0"].includes(field(156, 1))) files.set(name, tar.slice(start, start + size));
    header = start + Math.ceil(size / 512) * 512;
  }
  return files;
}
