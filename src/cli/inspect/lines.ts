/**
 * What was found in a model, for people: a table of features, and text coloured by activations, or where there is no colour
 * with a digit below each character.
 *
 * @module
 */
import type { InspectedUnit, Inspection, TextFeature, UnitMatch } from "../../inspect.ts";
import { levelOf, LEVELS, scaled } from "../../inspect/shades.ts";
import type { TokenKind } from "../../data/tokens.ts";
import { thousands } from "../../messages/printable.ts";
import { visible } from "../../messages/visible.ts";
import { displayWidth } from "../display_width.ts";
import { type Line, type Piece, type Style, styled } from "../style.ts";

/** Columns of an excerpt, where the terminal has them. */
const MOST_COLUMNS = 76;
const INDENT = "  ";
/** Columns of the table, which has 59 in all: it fits a narrow terminal. */
const NAME = 18;
const SHARE = 8;
const UNIT = 15;
const NUMBER = 8;

/**
 * The table of features that count, and why the others do not.
 *
 * @param found What was found.
 * @param kind What a token is.
 */
export function featureLines({ features }: Inspection, kind: TokenKind): string[] {
  const row = (...[name, share, unit, within, plain]: string[]): string =>
    `${name!.padEnd(NAME)}${share!.padStart(SHARE)}  ${unit!.padEnd(UNIT)}${within!.padStart(NUMBER)}${
      plain!.padStart(NUMBER)
    }`;
  const counting = features.flatMap((feature) => feature.best ? [{ ...feature, best: feature.best }] : [])
    .sort((a, b) => Math.abs(b.best.correlation) - Math.abs(a.best.correlation));
  const reasons = reasonsOf(features).map((words) => `not counted: ${words}`);
  if (counting.length === 0) {
    return [...reasons, "No feature of the text counts: there is nothing for a unit to follow."];
  }
  return [
    row("feature", "mean", "best unit", "r", "plain r"),
    ...counting.map((feature) =>
      row(
        feature.name,
        meanOf(feature),
        unitOf(feature.best),
        signed(feature.best.correlation),
        signed(feature.best.plain),
      )
    ),
    ...reasons,
    `r is the correlation within places of the same ${kind}: what the ${kind} itself tells is taken out.`,
  ];
}

/**
 * Why features do not count.
 *
 * @param features Features of a text; those that count are left out.
 * @returns "brackets, tags: it never comes": a line a reason.
 */
export function reasonsOf(features: readonly TextFeature[]): string[] {
  const others = Map.groupBy(features.filter(({ reason }) => reason !== undefined), ({ reason }) => reason);
  return [...others].map(([reason, list]) => `${list.map(({ name }) => name).join(", ")}: ${reason}`);
}

/** The share of a binary feature, the mean of a number. */
function meanOf({ kind, mean }: TextFeature): string {
  return kind === "binary" ? `${(100 * mean).toFixed(1)} %` : mean.toFixed(2);
}

function unitOf({ layer, unit, state }: UnitMatch): string {
  return `layer ${layer}, ${state}[${unit}]`;
}

function signed(r: number): string {
  return r.toFixed(3);
}

/**
 * A unit, and a stretch of text with what it did.
 *
 * @param unit The unit.
 * @param of Its rank, what was found, and what a token is.
 * @param terminal Its columns, and whether it has colours.
 */
export function unitLines(
  unit: InspectedUnit,
  { rank, found, kind }: { rank: number; found: Inspection; kind: TokenKind },
  terminal: Terminal,
): Line[] {
  const { feature, correlation, plain } = unit;
  const followed = found.features.find(({ name }) => name === feature)!;
  const binary = followed.kind === "binary";
  const sortOf = binary ? "point-biserial" : "Pearson";
  const share = binary ? `, ${meanOf(followed)} of them so` : "";
  return [
    [
      styled("bold", `${rank}. ${unitOf(unit)} follows ${feature}`),
      ` (${followed.meaning}): r = ${signed(correlation)}`,
    ],
    `${INDENT}${sortOf}, over ${thousands(found.tokens)} ${kind}s${share}; ${
      signed(plain)
    } with what the ${kind} tells`,
    ...excerptLines(unit, terminal),
  ];
}

/** What lines are written to. */
export interface Terminal {
  readonly columns: number;
  readonly colour: boolean;
}

/** A part of a text and its level. */
interface Cell {
  readonly text: string;
  readonly level: number;
}

function excerptLines(unit: InspectedUnit, { columns, colour }: Terminal): Line[] {
  const levels = scaled(unit.excerpt.activations, unit).map(levelOf);
  const room = Math.min(MOST_COLUMNS, columns - 1) - INDENT.length;
  const lines: Cell[][] = [[]];
  let used = 0;
  const begin = (): void => {
    lines.push([]);
    used = 0;
  };
  for (const [at, token] of unit.excerpt.tokens.entries()) {
    for (const part of visible(token, "\n").split(/(\n)/).filter(Boolean)) {
      const text = part === "\n" ? "↵" : part;
      const width = displayWidth(text);
      if (used > 0 && used + width > room) begin();
      lines.at(-1)!.push({ text, level: levels[at]! });
      used += width;
      if (part === "\n") begin();
    }
  }
  const full = lines.filter((cells) => cells.length > 0);
  return colour ? full.map(coloured) : full.flatMap(plainLines);
}

/** A line in which warm is above the unit's mean, and cool below. */
function coloured(cells: readonly Cell[]): Line {
  const pieces = joined(cells).map(({ text, level }): Piece =>
    level === 0 ? text : styled(`${level > 0 ? "warm" : "cool"}${Math.abs(level)}` as Style, text)
  );
  return [INDENT, ...pieces];
}

/** Neighbours of one level as one. */
function joined(cells: readonly Cell[]): Cell[] {
  const all: Cell[] = [];
  for (const { text, level } of cells) {
    const last = all.at(-1);
    if (last?.level === level) all[all.length - 1] = { text: last.text + text, level };
    else all.push({ text, level });
  }
  return all;
}

/** The text, and below each character of it a digit: 0 is lowest, 8 highest, and the unit's mean a dot. */
function plainLines(cells: readonly Cell[]): string[] {
  const text = cells.map((cell) => cell.text).join("");
  const digits = cells.map(({ text, level }) => {
    const digit = level === 0 ? "." : String(level + LEVELS);
    return digit.repeat(displayWidth(text));
  }).join("");
  return [INDENT + text, INDENT + digits];
}
