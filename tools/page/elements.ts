/**
 * Elements of the page.
 *
 * @module
 */

/**
 * Makes an element.
 *
 * @param name Its tag.
 * @param attributes Its attributes.
 * @param children What is in it: texts stay texts.
 */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/**
 * Makes a button.
 *
 * @param text What it says.
 * @param label What it does.
 * @param press Called when it is pressed.
 */
export function button(
  text: string,
  label: string,
  press: (self: HTMLButtonElement) => void,
): HTMLButtonElement {
  const self = make("button", { type: "button", "aria-label": label, title: label }, text);
  self.addEventListener("click", () => press(self));
  return self;
}
