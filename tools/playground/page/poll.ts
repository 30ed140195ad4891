/**
 * Data that changes: asked for again and again, but not while nobody looks.
 *
 * @module
 */
import { fetchData, Refused } from "./server.ts";

/** Milliseconds between two questions, and the most where nobody answers. */
const BEAT = 2000;
const SLOWEST = 15_000;

/** What becomes of the data. */
export interface PollHooks<T> {
  onData(data: T): void;
  /** Whether more may come. */
  goesOn(data: T): boolean;
  /** Told the server's sentence, or nothing where there is no answer. */
  onTrouble(message: string | undefined): void;
}

/**
 * Asks until nothing more comes.
 *
 * @param path Of which data.
 * @param hooks What becomes of it.
 * @returns Ends it.
 */
export function poll<T>(path: string, { onData, goesOn, onTrouble }: PollHooks<T>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tag: string | undefined;
  let last: T | undefined;
  let wait = BEAT;
  let over = false;
  let busy = false;
  const ask = async (): Promise<void> => {
    if (over || busy || document.hidden) return;
    busy = true;
    try {
      const response = await fetchData(path, tag);
      const troubled = wait > BEAT;
      wait = BEAT;
      if (response.status !== 304) {
        tag = response.headers.get("etag") ?? undefined;
        last = await response.json() as T;
      }
      if (over) return;
      if (response.status !== 304 || troubled) onData(last!);
      if (!goesOn(last!)) return end();
    } catch (error) {
      if (over) return;
      wait = Math.min(2 * wait, SLOWEST);
      onTrouble(error instanceof Refused ? error.message : undefined);
    } finally {
      busy = false;
    }
    timer = setTimeout(ask, wait);
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
