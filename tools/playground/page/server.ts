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
export class Refused extends Error {}

/**
 * Asks the server.
 *
 * @param path Of which data.
 * @param tag The ETag of what is known already.
 * @throws {Refused} If it has none, with the server's sentence; else where it does not answer.
 */
export async function fetchData(path: string, tag?: string): Promise<Response> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(tag === undefined ? {} : { "if-none-match": tag }),
  };
  const used = token;
  const response = await fetch(path, { headers, cache: "no-store" });
  if (response.status === 401) {
    if (used === token) {
      asking ??= askToken(used !== undefined);
      await asking;
    }
    return fetchData(path, tag);
  }
  if (response.ok || response.status === 304) return response;
  const body = await response.json().catch(() => undefined);
  throw new Refused(body?.error?.message ?? `${response.status}`);
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
