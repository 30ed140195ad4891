/**
 * The page's views, of which one is seen.
 *
 * @module
 */
import { make } from "../../page/elements.ts";
import { say } from "./words.ts";

/** The views with the buttons that show them. */
export class Views {
  /** The buttons. */
  readonly nav: HTMLElement = make("nav", { "aria-label": say("views") });
  readonly #views = new Map<string, { button: HTMLButtonElement; view: HTMLElement }>();
  readonly #place: HTMLElement;

  /**
   * Begins with none.
   *
   * @param place Where they stand.
   */
  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** Adds one. */
  add(name: "play" | "inspect" | "train" | "runs", view: HTMLElement): void {
    const button = make("button", { type: "button" }, say(name));
    button.addEventListener("click", () => this.show(name));
    this.#views.set(name, { button, view });
    view.hidden = true;
    this.nav.append(button);
    this.#place.append(view);
  }

  /** Shows one. */
  show(name: string): void {
    for (const [other, { button, view }] of this.#views) {
      view.hidden = other !== name;
      if (other === name) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  }
}
