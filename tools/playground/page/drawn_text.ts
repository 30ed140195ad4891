/**
 * A text as it comes, a span a character: the mouse and the arrow keys find each one's probability.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { make } from "../../page/elements.ts";
import type { Generated } from "../protocol.ts";
import { classOf } from "./chances.ts";
import { say } from "./words.ts";

/** Characters of a line without an end: behind so many it is broken at the next space, and behind twice as many anywhere. */
const LINE = 1000;

/** What is told of a character. */
export type Look = (text: DrawnText, index: number, pinned: boolean) => void;

/** A text. */
export class DrawnText {
  /** Where it stands. */
  readonly element: HTMLElement;
  readonly prefix: string;
  readonly #pieces: Generated[] = [];
  readonly #spans: HTMLElement[] = [];
  /** The line that grows: each is laid out by itself, as a long text takes the browser long. */
  #line: HTMLElement;
  /** The first character of that line. */
  #lineStart = 0;
  readonly #look: Look;
  #at = -1;

  /**
   * Begins with its prefix.
   *
   * @param parts The prefix, the text's number, and who is told where somebody looks.
   */
  constructor({ prefix, number, look }: { prefix: string; number: number; look: Look }) {
    this.prefix = prefix;
    this.#look = look;
    const label = `${say("text", { number })}: ${say("textHelp")}`;
    const body = { class: "drawn", tabindex: "0", role: "group", "aria-label": label, dir: "auto" };
    this.#line = make("div", {}, make("b", {}, visible(prefix, "\n")));
    this.element = make("div", body, this.#line);
    this.element.addEventListener("pointerover", (event) => this.#point(event, false));
    this.element.addEventListener("click", (event) => this.#point(event, true));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("focus", () => {
      if (this.#at < 0 && this.element.matches(":focus-visible")) this.#go(0);
    });
  }

  /** The characters. */
  get pieces(): readonly Generated[] {
    return this.#pieces;
  }

  /** The text up to a character, which is not in it. */
  before(index: number): string {
    return this.prefix + this.#pieces.slice(0, index).map(({ text }) => text).join("");
  }

  /** Takes characters; those that decide no text yet are passed over. */
  push(pieces: readonly Generated[]): void {
    const shown = pieces.filter(({ text }) => text !== "");
    for (const piece of shown) {
      const { text, logProbability } = piece;
      const ends = text === "\n"; // what it does, the end of the element does
      const span = make("span", { class: classOf(logProbability!) }, ends ? "" : visible(text, "\n"));
      if (ends) span.classList.add("line");
      this.#line.append(span);
      this.#pieces.push(piece);
      this.#spans.push(span);
      const length = this.#spans.length - this.#lineStart;
      if (ends || length >= 2 * LINE || (length >= LINE && text === " ")) this.#breakLine();
    }
  }

  #breakLine(): void {
    this.#line = make("div");
    this.#lineStart = this.#spans.length;
    this.element.append(this.#line);
  }

  /** Nobody looks any more. */
  leave(): void {
    this.element.querySelector(".here")?.classList.remove("here");
    this.#at = -1;
  }

  #point({ target }: Event, pinned: boolean): void {
    const index = this.#spans.indexOf(target as HTMLElement);
    if (index >= 0) this.#look(this, index, pinned);
  }

  #key(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: 10,
      ArrowUp: -10,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#go(Math.max(0, Math.min(this.#pieces.length - 1, Math.max(0, this.#at) + step)));
  }

  #go(index: number): void {
    if (this.#pieces.length > 0) this.#look(this, index, true);
  }

  /** Marks a character. */
  mark(index: number): void {
    this.leave();
    this.#at = index;
    const span = this.#spans[index];
    span?.classList.add("here");
    span?.scrollIntoView({ block: "nearest" });
  }
}
