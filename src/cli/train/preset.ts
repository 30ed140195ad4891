/**
 * What holds where a flag of `train` is not given: the tutorial's value, which the table of flags has, or one that is
 * picked by the text.
 *
 * @module
 */
import { counted, durationText, thousands } from "../../messages/printable.ts";
import { type AutoSettings, operationsOf, pickSettings } from "../../train/auto.ts";
import { flagsOf, type Settings } from "../flags.ts";
import { camelCase, kebabCase } from "../parse_flags.ts";
import type { Architecture } from "../start_training.ts";

/** A text of which nothing is known yet: what is picked goes together, whatever the text. */
const SOME_TEXT = { tokens: 10_000, vocabularySize: 100 };
const SOME_LINES = 1_000;

/** Names of what is picked, in the order in which people are told. */
const PICKED = [
  "cell",
  "hiddenSize",
  "numLayers",
  "embeddingSize",
  "dropout",
  "outputDropout",
  "validationSplit",
  "batchSize",
  "numSteps",
  "resetProbability",
  "learningRate",
  "schedule",
  "scheduleUnit",
  "clipGradNorm",
  "epochs",
  "logEvery",
] as const satisfies readonly (keyof Settings<"train">)[];

/** What lines have no use for. */
const OF_TEXT: ReadonlySet<string> = new Set(["numSteps", "resetProbability"]);
/** What people need not be told. */
const SILENT: ReadonlySet<string> = new Set(["scheduleUnit", "logEvery"]);
/** From one report to the next, within long epochs too. */
const EVERY = "1m";
/** Multiplications and additions that two cores do in a second, in stock Deno on a usual machine. */
const SPEED = 8e10;

/** What flags are picked by. */
export interface PickedBy {
  /** Which flags were written. */
  readonly given: ReadonlySet<string>;
  /** The text, where it has been read. */
  readonly text?: { readonly tokens: number; readonly vocabularySize: number; readonly lines?: number };
  /** The flags of the model to go on from, where there is one. */
  readonly architecture?: Architecture | undefined;
}

/** Settings, and which of them were picked. */
export interface Picked {
  readonly settings: Settings<"train">;
  readonly names: readonly (typeof PICKED)[number][];
}

/**
 * The preset that holds: that of the flag, else "auto" for a text of one's own.
 *
 * @param settings The flags' values.
 */
export function presetOf({ preset, corpus }: Settings<"train">): "tutorial" | "auto" {
  return preset ?? (corpus.length > 0 ? "auto" : "tutorial");
}

/**
 * Picks the flags that were not given, where the preset is "auto".
 *
 * @param asked The flags' values.
 * @param by What was given, and what is known of the text.
 * @returns All settings, the preset that holds among them.
 */
export function pick(
  asked: Settings<"train">,
  { given, text = SOME_TEXT, architecture }: PickedBy,
): Picked {
  const settings = { ...asked, preset: presetOf(asked) };
  if (settings.preset === "tutorial") return { settings, names: [] };
  const own = Object.entries(settings).filter(([name]) => given.has(name));
  const chosen = { ...ownersOf(given), ...Object.fromEntries(own), ...architecture };
  const lines = settings.lines ? text.lines ?? SOME_LINES : undefined;
  const context = { ...settings, ...text, lines, trained: settings.initFrom !== undefined };
  const values: AutoSettings = pickSettings(context, chosen);
  const course = courseOf(settings, given);
  const warmUp = course.scheduleUnit === "epoch" && !given.has("epochs") ? settings.warmUp : 0;
  const epochs = Math.max(values.epochs, 2 * warmUp); // as many behind it
  const all = { ...values, ...course, epochs, logEvery: EVERY };
  const names = PICKED.filter((name) => !given.has(name) && !(architecture && name in architecture));
  const picked = Object.fromEntries(names.map((name) => [name, all[name]]));
  const told = settings.lines ? names.filter((name) => !OF_TEXT.has(name)) : names;
  return { settings: { ...settings, ...architecture, ...picked }, names: told };
}

/**
 * Cells and schedules that were not chosen, but to which alone the flags belong that were: `--step-size` is of a
 * schedule by steps. Flags that agree on none, or on several, choose nothing.
 *
 * @param given Which flags were written.
 */
function ownersOf(given: ReadonlySet<string>): Partial<Pick<Settings<"train">, "cell" | "schedule">> {
  const owners = (["cell", "schedule"] as const).filter((owner) => !given.has(owner)).map((owner) => {
    const values = flagsOf("train")
      .filter(([, name, { of }]) => of?.[0] === owner && given.has(camelCase(name)))
      .map(([, , { of }]) => new Set(of!.slice(1)));
    const [only, ...others] = values.length === 0 ? [] : values.reduce((all, one) => all.intersection(one));
    return only === undefined || others.length > 0 ? [] : [[owner, only]];
  });
  return Object.fromEntries(owners.flat());
}

/** How the rate goes: as a cosine over all steps, unless flags choose another way, or count in epochs. */
function courseOf(
  { schedule: asked, scheduleUnit: unit }: Settings<"train">,
  given: ReadonlySet<string>,
): Pick<Settings<"train">, "schedule" | "scheduleUnit"> {
  const schedule = given.has("schedule") ? asked : ownersOf(given).schedule ?? "cosine";
  const counts = ["schedule", "scheduleUnit", "warmUp", "tMax"].some((name) => given.has(name));
  return { schedule, scheduleUnit: counts || schedule !== "cosine" ? unit : "step" };
}

/**
 * What was picked, and why, for people.
 *
 * @param picked The settings, and which of them were picked.
 * @param text The text.
 * @returns Lines; none where nothing was picked.
 */
export function pickedWords(
  { settings, names }: Picked,
  { size, vocabulary }: { size: number; vocabulary: { size: number; kind: string } },
): { auto: string; why: string } | undefined {
  if (names.length === 0) return undefined;
  const { epochs, validationSplit = 0 } = settings;
  const { kind } = vocabulary;
  const told = names.filter((name) =>
    settings[name] && !SILENT.has(name) && `${name} ${settings[name]}` !== "numLayers 1"
  )
    .map((name) => `--${kebabCase(name)} ${settings[name]}`);
  const operations = epochs * size * (1 - validationSplit) *
    operationsOf({ ...settings, vocabularySize: vocabulary.size });
  const tera = Number((operations / 1e12).toPrecision(2));
  const time = durationText(Math.max(1, operations / SPEED));
  return {
    auto: told.join(" "),
    why: `${thousands(size)} ${kind}s of a vocabulary of ${thousands(vocabulary.size)}: ` +
      `${counted(epochs, "epoch")} ${epochs === 1 ? "is" : "are"} ${tera} TFLOP, ` +
      `${time} of two cores; a flag takes the place of any, --preset tutorial of all`,
  };
}
