/**
 * What units of the model follow in a text: their ranking, the text in a unit's colours, and the features.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { numberText } from "../../../src/report/numbers.ts";
import { make } from "../../page/elements.ts";
import type { Inspection } from "../protocol.ts";
import type { Calls } from "./calls.ts";
import { statusLine, textField } from "./controls.ts";
import { tableOf } from "./tables.ts";
import { say, translated } from "./words.ts";

/** Steps of colour, as colours.css has them. */
const STEPS = 8;

type Unit = Inspection["units"][number];

/** Makes the view. */
export function inspectView(calls: Calls): { view: HTMLElement; enable(able: boolean): void } {
  const text = textField(say("inspectText"), 6);
  const go = make("button", { type: "submit", class: "main", disabled: "" }, say("inspectGo"));
  const status = statusLine();
  const form = make("form", { class: "card" }, text.row, make("div", { class: "buttons" }, go, status));
  const found = make("div");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = say("inspecting");
    found.replaceChildren();
    const end = await calls.ask({ kind: "inspect", text: text.input.value }).end;
    if (end.kind === "error") status.textContent = say("error", { message: end.message });
    if (end.kind !== "inspected") return;
    const { inspection, unknown } = end;
    const count = inspection.units.length;
    const told = count === 0
      ? say("noUnits")
      : say("inspected", { tokens: numberText(inspection.tokens, 9), count });
    status.textContent = unknown === 0
      ? told
      : `${told} ${say("leftOut", { unknown: numberText(unknown, 9) })}`;
    found.replaceChildren(...foundOf(inspection));
  });
  const view = make("section", { "aria-label": say("inspect") }, form, found);
  const enable = (able: boolean): void => {
    go.disabled = !able;
  };
  return { view, enable };
}

function foundOf({ units, features }: Inspection): Node[] {
  const shown = make("div", { class: "shaded" });
  const rows = units.map((unit) => {
    const show = make("button", { type: "button", "aria-pressed": "false" }, nameOf(unit));
    show.addEventListener("click", () => {
      for (const other of table.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
      show.setAttribute("aria-pressed", "true");
      shown.replaceChildren(...shadedOf(unit));
    });
    return [show, translated("feature", unit.feature), unit.correlation.toFixed(3)];
  });
  const table = tableOf(say("units"), [say("unit"), say("follows"), say("correlation")], rows);
  table.querySelector("button")?.click();
  const featureRows = features.map(({ name, times, best, reason }) => [
    translated("feature", name),
    numberText(times),
    best ? `${nameOf(best)} ${best.correlation.toFixed(3)}` : translated("reason", reason ?? "–"),
  ]);
  return [
    ...(units.length === 0 ? [] : [make("h2", {}, say("units")), shown, table]),
    make("h2", {}, say("features")),
    tableOf(say("features"), [say("feature"), say("times"), say("best")], featureRows),
  ];
}

function nameOf({ layer, state, unit }: { layer: number; state: string; unit: number }): string {
  return `${layer}·${state}[${unit}]`;
}

function shadedOf(unit: Unit): Node[] {
  const { tokens, activations } = unit.excerpt;
  const largest = Math.max(1e-9, ...activations.map(Math.abs));
  const spans = tokens.map((token, i) => {
    const value = activations[i]!;
    const attributes = { class: shadeOf(value / largest), title: value.toFixed(3) };
    return make("span", attributes, visible(token, "\n"));
  });
  const scale = Array.from(
    { length: 2 * STEPS + 1 },
    (_, i) => make("span", { class: shadeOf(i / STEPS - 1) }, " "),
  );
  const ends = [`−${largest.toFixed(2)} `, ` ${largest.toFixed(2)}`] as const;
  return [
    make("h3", {}, say("shaded", { unit: nameOf(unit), feature: translated("feature", unit.feature) })),
    make("p", { class: "label scale" }, `${say("scale")}: `, ends[0], ...scale, ends[1]),
    make("p", { class: "text units", dir: "auto" }, ...spans),
  ];
}

/** p1 to p8, n1 to n8, none near zero. */
function shadeOf(part: number): string {
  const step = Math.round(STEPS * part);
  return step === 0 ? "" : `${step > 0 ? "p" : "n"}${Math.abs(step)}`;
}
