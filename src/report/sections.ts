/**
 * The parts of the page that are text: what is wrong, what was run, what was written, how it was set.
 *
 * @module
 */
import { counted, thousands } from "../messages/printable.ts";
import type { ShownInspection } from "./inspection.ts";
import { type Content, type Markup, markup } from "./markup.ts";
import { numberText } from "./numbers.ts";
import type { RunData, SamplesAt } from "./read_run.ts";
import { settingRows } from "./settings.ts";
import { summaryOf } from "./summary.ts";

/** Steps of colour from no activation to the strongest, each of them classes of colours.css. */
export const STEPS = 8;

/** A table that scrolls by itself where a page is narrow. */
function tableOf(
  label: string,
  { columns, rows }: {
    columns: readonly string[];
    rows: readonly { name: string; texts: readonly Content[] }[];
  },
): Markup {
  const head = columns.length === 0
    ? undefined
    : markup`<thead><tr><td></td>${
      columns.map((column) => markup`<th scope="col">${column}</th>`)
    }</tr></thead>`;
  const body = rows.map(({ name, texts }) =>
    markup`<tr><th scope="row">${name}</th>${texts.map((text) => markup`<td>${text ?? "–"}</td>`)}</tr>`
  );
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>`;
}

/** Over the columns of a table: the runs' names, where there are several. */
function namesOf(runs: readonly RunData[]): string[] {
  return runs.length > 1 ? runs.map(({ name }) => name) : [];
}

/** What is damaged or missing. */
export function notesOf(runs: readonly RunData[]): Markup | undefined {
  const notes = runs.flatMap(({ notes }) => notes);
  if (notes.length === 0) return undefined;
  return markup`<section class="notes" aria-label="Notes"><ul>${
    notes.map((note) => markup`<li>${note}</li>`)
  }</ul></section>`;
}

/** The runs in short, and the commands that made them. */
export function runsOf(runs: readonly RunData[]): Markup {
  const rows = summaryOf(runs);
  const commands = runs.flatMap(({ name, facts: { command } }) =>
    typeof command === "string" ? [{ name, command }] : []
  );
  return markup`<section><h2>${runs.length > 1 ? "The runs" : "The run"}</h2>${
    rows.length > 0 ? tableOf("The runs in short", { columns: namesOf(runs), rows }) : undefined
  }${
    commands.map(({ name, command }) =>
      markup`<p class="label">${
        runs.length > 1 ? `Made ${name}` : "Made by"
      }</p><pre tabindex="0">${command}</pre>`
    )
  }</section>`;
}

/** What the models wrote, the last first. */
export function samplesOf(runs: readonly RunData[]): Markup | undefined {
  const having = runs.filter(({ samples }) => samples.length > 0);
  if (having.length === 0) return undefined;
  return markup`<section><h2>Samples</h2>${
    having.map(({ name, samples, sampled }) => {
      const [last, ...earlier] = samples.toReversed();
      const part = sampled > samples.length
        ? `: ${thousands(earlier.length)} of ${thousands(sampled - 1)}, log.jsonl has all`
        : "";
      return markup`${runs.length > 1 ? markup`<h3>${name}</h3>` : undefined}${textsOf(last!)}${
        earlier.length === 0
          ? undefined
          : markup`<details><summary>Earlier ones${part}</summary>${earlier.map(textsOf)}</details>`
      }`;
    })
  }</section>`;
}

function textsOf({ epoch, texts }: SamplesAt): Markup {
  return markup`<div class="samples"><p class="label">Epoch ${numberText(epoch)}</p>${
    texts.map(({ prefix, rest }) => markup`<p class="text" dir="auto"><b>${prefix}</b>${rest}</p>`)
  }</div>`;
}

/** What units follow, as text in their colours. */
export function inspectionsOf(runs: readonly RunData[]): Markup | undefined {
  const having = runs.filter(({ inspection }) => inspection && inspection.units.length > 0);
  if (having.length === 0) return undefined;
  const scale = Array.from(
    { length: 2 * STEPS + 1 },
    (_, i) => markup`<span${shadeOf(i / STEPS - 1)}> </span>`,
  );
  return markup`<section><h2>What units follow</h2><p class="label text">−1 ${scale} 1</p>${
    having.map(({ name, inspection }) =>
      markup`${runs.length > 1 ? markup`<h3>${name}</h3>` : undefined}<p class="label">Read of ${
        inspection!.text
      }</p>${unitsOf(inspection!, runs.length > 1)}`
    )
  }</section>`;
}

function unitsOf({ units }: ShownInspection, below: boolean): Markup[] {
  return units.map(({ unit, layer, value, feature, correlation, pieces }) => {
    const title = `Layer ${layer}, ${value}[${unit}] follows ${feature}: correlation ${
      correlation.toFixed(3)
    }`;
    return markup`${below ? markup`<h4>${title}</h4>` : markup`<h3>${title}</h3>`}${
      pieces.map(({ tokens, activations }) =>
        markup`<p class="text units" dir="auto">${shadedOf(tokens, activations)}</p>`
      )
    }`;
  });
}

/** Tokens in their colours; neighbours of one colour are one element. */
function shadedOf(tokens: readonly string[], activations: readonly number[]): Markup[] {
  const spans: { shade: Markup; text: string }[] = [];
  for (const [index, token] of tokens.entries()) {
    const shade = shadeOf(activations[index]!);
    const last = spans.at(-1);
    if (last?.shade.text === shade.text) last.text += token;
    else spans.push({ shade, text: token });
  }
  return spans.map(({ shade, text }) => markup`<span${shade}>${text}</span>`);
}

/** The class of an activation: p1 to p8, n1 to n8, none near zero. */
function shadeOf(activation: number): Markup {
  const step = Math.round(STEPS * Math.max(-1, Math.min(1, activation)));
  if (step === 0) return markup``;
  return markup` class="${step > 0 ? "p" : "n"}${Math.abs(step)}"`;
}

/** How the runs were set: what differs first, where there are several. */
export function settingsSection(runs: readonly RunData[]): Markup | undefined {
  const rows = settingRows(runs.map(({ settings }) => settings));
  if (rows.length === 0) return undefined;
  const columns = namesOf(runs);
  const differing = rows.filter(({ differs }) => differs);
  const differences = runs.length === 1
    ? undefined
    : differing.length === 0
    ? markup`<p>All settings are the same.</p>`
    : tableOf("Settings that differ", { columns, rows: differing });
  return markup`<section><h2>Configuration</h2>${differences}<details><summary>${
    counted(rows.length, "setting")
  }</summary>${tableOf("All settings", { columns, rows })}</details></section>`;
}
