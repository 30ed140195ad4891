/**
 * What runs were asked to do, as rows of a table.
 *
 * @module
 */

/** What config.json has beside the settings. */
const BESIDE = ["version", "directory", "facts"];

/** A setting's text is cut here. */
const LONGEST = 300;

/**
 * The settings of a run.
 *
 * @param config What config.json holds, not trusted.
 * @returns Texts by the names of flags; what was not given is left out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const settings = settingsOf({ version: "0.1.0", hiddenSize: 256, prefix: ["分开"], dropout: null });
 * assertEquals([...settings], [["hidden-size", "256"], ["prefix", "分开"]]);
 * ```
 */
export function settingsOf(config: object): Map<string, string> {
  const entries = Object.entries(config)
    .filter(([name, value]) => !BESIDE.includes(name) && value !== null && value !== undefined)
    .map(([name, value]): [string, string] => [flagOf(name), textOf(value)]);
  return new Map(entries);
}

/** "hiddenSize" as "hidden-size". */
function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return cut(value.map(textOf).join(", "));
  if (typeof value === "boolean") return value ? "yes" : "no";
  return cut(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/**
 * Whether a run is of a series of numbers, whose losses are no nats.
 *
 * @param settings The run's.
 */
export function isOfSeries(settings: ReadonlyMap<string, string>): boolean {
  return settings.has("series");
}

/** A setting, and what each run has. */
export interface SettingRow {
  /** The flag's name. */
  readonly name: string;
  /** A text a run; undefined where it has none. */
  readonly texts: readonly (string | undefined)[];
  /** Whether they are not all the same. */
  readonly differs: boolean;
}

/**
 * Settings side by side.
 *
 * @param runs The settings of each run.
 * @returns A row for each name that any of them has.
 */
export function settingRows(runs: readonly ReadonlyMap<string, string>[]): SettingRow[] {
  const names = new Set(runs.flatMap((settings) => [...settings.keys()]));
  return Array.from(names, (name) => {
    const texts = runs.map((settings) => settings.get(name));
    return { name, texts, differs: texts.some((text) => text !== texts[0]) };
  });
}
