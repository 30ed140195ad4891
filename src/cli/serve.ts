/**
 * `serve`: answers programs and browsers until it is interrupted.
 *
 * @module
 */
import { ModelServer, type Route } from "../serve.ts";
import { pageRoutes } from "../serve/page.ts";
import { runRoutes } from "../serve/runs.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { addressOf } from "./permissions.ts";
import { note, tell } from "./results.ts";
import { placesOf } from "./serve/places.ts";
import { ServedRun } from "./serve/served_run.ts";
import { isLoopback, tokenFor } from "./serve/token.ts";

/** Signals that end it. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** Milliseconds that answers may take to end once it is interrupted. */
const GRACE = 1000;

/**
 * Serves runs.
 *
 * @param settings The flags' values.
 * @returns The exit code, once it was interrupted.
 * @throws {RangeError} If there is no run, or the port is taken.
 * @throws {Deno.errors.BrokenPipe} If nobody reads where it listens.
 */
export async function serveCommand(settings: Settings<"serve">): Promise<number> {
  const places = await placesOf(settings.model);
  const { token, made } = await tokenFor(settings);
  using device = await openFor("generate", settings);
  const { acceptChangedWeights } = settings;
  const runs = places.map((place) => new ServedRun(place, device, acceptChangedWeights));
  for (const run of runs) {
    if (await run.hasModel()) await run.model();
    if (!await run.isTraining()) continue;
    note(`run ${run.place.name} is in training: both share this machine's threads, and either is slower`);
  }
  const ended = new AbortController();
  let late: ReturnType<typeof setTimeout> | undefined;
  using _ = onSignals(() => {
    server[Symbol.dispose](); // streams end with a sentence
    void http.shutdown();
    late ??= setTimeout(() => ended.abort(), GRACE);
  });
  const { http, port } = listen(settings, (request) => server.fetch(request), ended.signal);
  const host = settings.host;
  using server = new ModelServer({
    models: Object.fromEntries(runs.map((run) => [run.place.name, () => run.model()])),
    token,
    hosts: isLoopback(host) ? ownNames(host, port) : undefined,
    routes: routesOf(runs),
    onError: (error) => note(`error: ${error instanceof Error ? error.message : String(error)}`),
  });
  const url = `http://${addressOf({ host, port })}`;
  const names = places.map(({ name }) => name);
  tell(
    { url, runs: names, ...(made ? { token } : {}) },
    `Serving ${names.join(", ")} at ${url}`,
    ...(made ? [`token ${token}`, "Requests send it as Authorization: Bearer TOKEN"] : []),
  );
  if (!isLoopback(host)) note("what is sent is not encrypted: whoever is on the way reads it");
  await http.finished;
  clearTimeout(late);
  return 0;
}

/** What is answered beside the interface for programs. */
function routesOf(runs: readonly ServedRun[]): Route[] {
  const table = runs.map(({ place: { name, folder, file } }) => [name, folder ?? file] as const);
  return [...pageRoutes(), ...runRoutes(Object.fromEntries(table))];
}

/** The names by which this machine's programs call it. */
function ownNames(host: string, port: number): string[] {
  const names = [...new Set([host, "127.0.0.1", "localhost", "[::1]"])];
  return names.flatMap((name) => [addressOf({ host: name, port }), ...(port === 80 ? [name] : [])]);
}

function listen(
  { host: hostname, port }: { host: string; port: number },
  answer: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): { http: Deno.HttpServer<Deno.NetAddr>; port: number } {
  try {
    const http = Deno.serve({ hostname, port, signal, onListen: () => {} }, answer);
    return { http, port: http.addr.port };
  } catch (error) {
    const address = addressOf({ host: hostname, port });
    if (error instanceof Deno.errors.AddrInUse) {
      throw new RangeError(`Cannot serve at ${address} as the port is taken: --port names another, 0 any`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new RangeError(
        `Cannot serve at ${address} as the system forbids that port: --port names another`,
      );
    }
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new RangeError(
      `Cannot serve at ${address} as that is no address of this machine: --host names one`,
    );
  }
}

function onSignals(end: () => void): Disposable {
  for (const signal of SIGNALS) Deno.addSignalListener(signal, end);
  return {
    [Symbol.dispose](): void {
      for (const signal of SIGNALS) Deno.removeSignalListener(signal, end);
    },
  };
}
