/**
 * Fields and words of the page's forms.
 *
 * @module
 */
import { make } from "../../page/elements.ts";

let made = 0;

/** A field with its label. */
export interface Field<E extends HTMLElement> {
  readonly row: HTMLElement;
  readonly input: E;
}

function labelled<E extends HTMLElement>(label: string, input: E, kind: string): Field<E> {
  input.id = `field-${++made}`;
  return {
    row: make("div", { class: `field ${kind}` }, make("label", { for: input.id }, label), input),
    input,
  };
}

/** A number, or nothing. */
export function numberField(
  label: string,
  attributes: Readonly<Record<string, string>>,
): Field<HTMLInputElement> {
  return labelled(label, make("input", { type: "number", ...attributes }), "number");
}

/** A text of some lines. */
export function textField(label: string, rows: number): Field<HTMLTextAreaElement> {
  return labelled(label, make("textarea", { rows: String(rows), spellcheck: "false", dir: "auto" }), "wide");
}

/** A choice. */
export function choiceField(label: string, choices: readonly string[]): Field<HTMLSelectElement> {
  const options = choices.map((choice) => make("option", {}, choice));
  return labelled(label, make("select", {}, ...options), "number");
}

/** What a field of a number has; undefined where it is empty. */
export function numberIn(field: HTMLInputElement): number | undefined {
  return field.value.trim() === "" ? undefined : field.valueAsNumber;
}

/** A button with a text of its own. */
export function plainButton(text: string, press: () => void, kind = ""): HTMLButtonElement {
  const self = make("button", { type: "button", class: kind }, text);
  self.addEventListener("click", press);
  return self;
}

/** A line that screen readers say when it changes. */
export function statusLine(): HTMLElement {
  return make("p", { role: "status", class: "status" });
}
