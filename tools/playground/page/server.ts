/**
 * The server's data. Where it asks for a token, so does the page, and keeps it for this tab alone.
 *
 * @module
 */
import { make } from "../../page/elements.ts";
import { say } from "./words.ts";

const KEY = "refrain token";
let token = globalThis.sessionStorage?.getItem(KEY) ?? undefined;
let asking: Promise<void> | undefined;

/** The server said why it has no answer. */
export class Refused extends Error {
  /** What programs know it by. */
  readonly code: string | undefined;

  /** Takes the server's error, where it has sent one, else the status. */
  constructor(status: number, error: { message?: string; code?: string } | undefined) {
    super(error?.message ?? `${status}`);
    this.code = error?.code;
  }
}

/**
 * Asks the server.
 *
 * @param path Of which data.
 * @param parts The ETag of what is known already, and milliseconds after which an answer no longer comes.
 * @throws {Refused} If it has none, with the server's sentence; else where it does not answer.
 */
export async function fetchData(
  path: string,
  { tag, patience }: { tag?: string | undefined; patience?: number } = {},
): Promise<Response> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(tag === undefined ? {} : { "if-none-match": tag }),
  };
  const used = token;
  const signal = patience === undefined ? null : AbortSignal.timeout(patience);
  const response = await fetch(path, { headers, cache: "no-store", signal });
  if (response.status === 401) {
    if (used === token) {
      asking ??= askToken(used !== undefined);
      await asking;
    }
    return fetchData(path, { tag, ...(patience === undefined ? {} : { patience }) });
  }
  if (response.ok || response.status === 304) return response;
  const body = await response.json().catch(() => undefined);
  throw new Refused(response.status, body?.error);
}

/**
 * What is said where the server has no answer for now, and is asked again.
 *
 * @param refused Why it has none; nothing where it does not answer.
 */
export function troubleOf(refused: Refused | undefined): string {
  if (!refused) return say("gone");
  return refused.code === "run_not_found" ? say("runGone") : refused.message;
}

/** Shows the field until something is given. */
function askToken(wrong: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const input = make("input", { type: "password", id: "token", required: "", autocomplete: "off" });
  const form = make(
    "form",
    { class: "card token" },
    make("label", { for: "token" }, say("token")),
    input,
    make("button", { type: "submit", class: "main" }, say("tokenGo")),
    ...(wrong ? [make("p", { role: "alert" }, say("tokenWrong"))] : []),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    token = input.value.trim();
    sessionStorage.setItem(KEY, token);
    form.remove();
    asking = undefined;
    resolve();
  });
  document.querySelector("main")!.prepend(form);
  input.focus();
  return promise;
}
