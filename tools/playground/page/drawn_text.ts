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

/** What is told of a character. */
export type Look = (text: DrawnText, index: number, pinned: boolean) => void;

/** A text. */
export class DrawnText {
  /** Where it stands. */
  readonly element: HTMLElement;
  readonly prefix: string;
  readonly #pieces: Generated[] = [];
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
    this.element = make("div", body, make("b", {}, visible(prefix, "\n")));
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
    const spans = shown.map(({ text, logProbability }) => {
      const line = text === "\n" ? " line" : "";
      return make("span", { class: classOf(logProbability) + line }, visible(text, "\n"));
    });
    this.#pieces.push(...shown);
    this.element.append(...spans);
  }

  /** Nobody looks any more. */
  leave(): void {
    this.element.querySelector(".here")?.classList.remove("here");
    this.#at = -1;
  }

  #point({ target }: Event, pinned: boolean): void {
    const index = [...this.element.children].indexOf(target as Element) - 1; // the prefix is the first
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
    const span = this.element.children[index + 1];
    span?.classList.add("here");
    span?.scrollIntoView({ block: "nearest" });
  }
}
