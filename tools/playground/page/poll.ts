/**
 * Data that changes: asked for again and again, but not while nobody looks.
 *
 * @module
 */
import { fetchData, Refused } from "./server.ts";

/** Milliseconds between two questions about what changes, and about what may change again. */
export const BEAT = 2000;
export const SLOW_BEAT = 10_000;
/** The most milliseconds between two where nobody answers, and those after which nobody does. */
const SLOWEST = 8000;
const PATIENCE = 20_000;

/** What becomes of the data. */
export interface PollHooks<T> {
  /** Called where it has changed, and where there was trouble before. */
  onData(data: T): void;
  /** Milliseconds until the next question. */
  pause(data: T): number;
  /** Told why the server has none, or nothing where it does not answer. */
  onTrouble(refused: Refused | undefined): void;
}

/**
 * Asks until that is ended.
 *
 * @param path Of which data, as it is then.
 * @param hooks What becomes of it.
 * @returns Ends it.
 */
export function poll<T>(path: () => string, { onData, pause, onTrouble }: PollHooks<T>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tag: string | undefined;
  let last: T | undefined;
  let wait = BEAT;
  let troubled = false;
  let over = false;
  let busy = false;
  const ask = async (): Promise<void> => {
    if (over || busy || document.hidden) return;
    busy = true;
    let next: number;
    try {
      const response = await fetchData(path(), { tag, patience: PATIENCE });
      if (response.status !== 304) {
        tag = response.headers.get("etag") ?? undefined;
        last = await response.json() as T;
      }
      if (over) return;
      if (response.status !== 304 || troubled) onData(last!);
      troubled = false;
      wait = BEAT;
      next = pause(last!);
    } catch (error) {
      if (over) return;
      troubled = true;
      wait = Math.min(2 * wait, SLOWEST);
      next = wait;
      onTrouble(error instanceof Refused ? error : undefined);
    } finally {
      busy = false;
    }
    timer = setTimeout(ask, next);
  };
  const seen = (): void => {
    clearTimeout(timer);
    void ask();
  };
  const end = (): void => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
  document.addEventListener("visibilitychange", seen);
  void ask();
  return end;
}
