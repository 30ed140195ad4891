/**
 * Models for programs, in the shape of OpenAI's interface: a function from requests to responses, for `Deno.serve()` or an
 * app of one's own.
 *
 * @example Usage
 * ```ts
 * import { openDevice, RNN, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { ModelServer } from "@refrain/refrain/serve";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const vocabulary = Vocabulary.fromText("分开 不");
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * using server = new ModelServer({ models: { small: { model, vocabulary } } }); // Deno.serve(server.fetch)
 * const response = await server.fetch(new Request("http://127.0.0.1:8000/v1/models"));
 * assertEquals((await response.json()).data[0].id, "small");
 * ```
 *
 * @module
 */
import { refuseUnknown } from "./messages/options.ts";
import { Printable } from "./messages/printable.ts";
import { ApiError, unknownError } from "./serve/api_error.ts";
import { complete } from "./serve/completions.ts";
import { checkRequest, checkSource } from "./serve/guard.ts";
import { listOf, one } from "./serve/model_list.ts";
import { type FindModel, Models, type ServedModel } from "./serve/models.ts";
import { Metrics, METRICS_TYPE } from "./serve/metrics.ts";
import { findRoute, type Route } from "./serve/routes.ts";
import { detokenize, tokenize, tokenizerInfo } from "./serve/tokenizer.ts";
import { restForServer } from "./turn.ts";

export type { FindModel, Route, ServedModel };

/** Options of a ModelServer. */
export interface ServeOptions {
  /** The models by name, or what gives the one that a name stands for now. */
  models: Readonly<Record<string, ServedModel | FindModel>>;
  /** What `Authorization: Bearer` must carry; without it nothing is asked for. */
  token?: string | undefined;
  /**
   * What `Host` may be, each with its port: `["models.example:8000"]`. Without it, and without a token, only names of
   * this machine's loopback address are answered.
   */
  hosts?: readonly string[] | undefined;
  /** Routes beside the server's own. */
  routes?: readonly Route[];
  /** Is told of errors that are the server's own, and of which a response says nothing but that there was one. */
  onError?: (error: unknown) => void;
}

/** Headers of every response: what is here is of this origin, what it says it is, and for now. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Answers requests for models. */
export class ModelServer extends Printable implements Disposable {
  readonly #options: ServeOptions;
  readonly #models: Models;
  readonly #metrics: Metrics = new Metrics();
  readonly #routes: readonly Route[];
  #rests: Disposable | undefined = restForServer();
  /**
   * Answers a request; it never rejects.
   *
   * @param request The request.
   * @returns The response.
   */
  readonly fetch: (request: Request) => Promise<Response>;

  /**
   * Makes the server; it opens nothing.
   *
   * @param options The models, and who may ask.
   * @throws {TypeError} If an option is unknown.
   */
  constructor(options: ServeOptions) {
    super();
    const { models, token, hosts, routes = [], onError } = options;
    refuseUnknown("serve models", options, { models, token, hosts, routes, onError });
    this.#options = options;
    this.#models = new Models(models, {});
    this.#routes = [...this.#own(), ...routes];
    this.fetch = (request: Request): Promise<Response> => this.#answer(request);
  }

  #own(): Route[] {
    return [
      { method: "GET", path: "/health", open: true, handle: () => Response.json({ status: "ok" }) },
      { method: "GET", path: "/metrics", handle: () => this.#counts() },
      { method: "GET", path: "/v1/models", handle: () => Response.json(listOf(this.#models)) },
      { method: "GET", path: "/v1/models/:name", handle: (_, { name }) => one(this.#models, name!) },
      { method: "POST", path: "/v1/completions", handle: (request) => this.#complete(request) },
      { method: "POST", path: "/tokenize", handle: (request) => tokenize(request, this.#models) },
      { method: "POST", path: "/detokenize", handle: (request) => detokenize(request, this.#models) },
      { method: "GET", path: "/tokenizer_info", handle: () => tokenizerInfo(this.#models) },
    ];
  }

  #complete(request: Request): Promise<Response> {
    return complete(request, this.#models, { metrics: this.#metrics, onError: this.#options.onError });
  }

  #counts(): Response {
    const gauges = this.#models.open.flatMap(({ name: model, batcher, scores }) => [
      { name: "refrain_texts_waiting", labels: { model }, value: batcher.waiting + scores.waiting } as const,
      { name: "refrain_texts_running", labels: { model }, value: batcher.running } as const,
    ]);
    return new Response(this.#metrics.text(gauges), { headers: { "content-type": METRICS_TYPE } });
  }

  async #answer(request: Request): Promise<Response> {
    const start = performance.now();
    const { path, response } = await this.#respond(request);
    const { status } = response;
    this.#metrics.count("refrain_requests_total", { path, status: `${status}` });
    this.#metrics.count("refrain_request_seconds_total", { path }, (performance.now() - start) / 1000);
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    if (request.method !== "HEAD") return response;
    await response.body?.cancel();
    return new Response(null, response);
  }

  /** Answers, and says which route did. */
  async #respond(request: Request): Promise<{ path: string; response: Response }> {
    let path = "none";
    try {
      checkSource(request, this.#options);
      const { route, parts } = findRoute(this.#routes, request);
      path = route.path;
      await checkRequest(request, route, this.#options);
      return { path, response: await route.handle(request, parts) };
    } catch (error) {
      if (error instanceof ApiError) return { path, response: error.response() };
      this.#options.onError?.(error);
      return { path, response: unknownError().response() };
    }
  }

  /**
   * Describes the server in a line.
   *
   * @returns The models' names.
   */
  override toString(): string {
    return `ModelServer(${this.#models.names.join(", ")})`;
  }

  /** Ends all texts; models and devices are their owner's. */
  [Symbol.dispose](): void {
    this.#rests?.[Symbol.dispose]();
    this.#rests = undefined;
    this.#models[Symbol.dispose]();
  }
}
