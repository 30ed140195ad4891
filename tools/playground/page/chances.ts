/**
 * Probabilities: how they are written, and the class of each.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { make } from "../../page/elements.ts";
import { say } from "./words.ts";

/** Where each class begins: of q0, q1, …; below the last is q4. */
const LEAST: readonly number[] = [0.5, 0.2, 0.05, 0.01];

/** The class of a probability. */
export function classOf(logProbability: number): string {
  const chance = Math.exp(logProbability);
  const place = LEAST.findIndex((least) => chance >= least);
  return `q${place < 0 ? LEAST.length : place}`;
}

/** A probability as people write it. */
export function chanceText(logProbability: number): string {
  const percent = 100 * Math.exp(logProbability);
  if (percent >= 10) return `${percent.toFixed(0)} %`;
  return `${percent >= 0.1 ? percent.toFixed(1) : Number(percent.toPrecision(1))} %`;
}

/** Characters that cannot be seen, and what they are called. */
const UNSEEN: Readonly<Record<string, Parameters<typeof say>[0]>> = {
  " ": "space",
  "\u3000": "wideSpace",
  "\n": "lineBreak",
};

/** A character as it is named. */
export function characterText(text: string): string {
  const name = UNSEEN[text];
  return name ? say(name) : `“${visible(text)}”`;
}

/** What each look means. */
export function legend(): HTMLElement {
  const keys = ["q0", "q1", "q2", "q3", "q4"] as const;
  const items = keys.map((key) => make("li", {}, make("span", { class: key }, say(key))));
  return make("div", { class: "legend" }, make("span", {}, say("legend")), make("ul", {}, ...items));
}
