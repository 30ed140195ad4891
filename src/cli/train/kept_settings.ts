/**
 * The flags of a run as its config.json has them, untrusted: people may have edited it, or another refrain written it.
 *
 * @module
 */
import { nearest } from "../../messages/options.ts";
import { quote } from "../../messages/quote.ts";
import { type Flag, flagsOf, type Settings } from "../flags.ts";
import { VERSION } from "../../version.ts";
import { camelCase, parseFlags } from "../parse_flags.ts";

/** What config.json has that is no flag. */
const BESIDE = ["version", "directory", "facts"];

/**
 * Reads the flags that a run was started with, and checks them as those of a command line are.
 *
 * @param config What config.json holds.
 * @param task What cannot be done, for the sentence: "go on with run "x"".
 * @returns The flags' values; defaults of those that it lacks, as older refrains did not know them.
 * @throws {SyntaxError} If the file is not what `train` writes.
 */
export function keptSettings(config: unknown, task: string): Settings<"train"> {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new SyntaxError(`Cannot ${task} as its config.json is no object`);
  }
  const wrong = (reason: string): SyntaxError =>
    new SyntaxError(`Cannot ${task} as its config.json is not right: ${reason}`);
  const values = config as Record<string, unknown>;
  const flags = new Map(flagsOf("train").map(([, name, flag]) => [camelCase(name), { name, flag }]));
  const known = [...flags.keys(), ...BESIDE];
  for (const key of Object.keys(values)) {
    if (known.includes(key)) continue;
    const { version } = values;
    const meant = nearest(key, known);
    const hint = typeof version === "string" && version !== VERSION
      ? `: refrain ${
        /^[\w.+-]{1,40}$/.test(version) ? version : quote(version)
      } wrote it, and this is ${VERSION}`
      : meant && `: did you mean "${meant}"?`;
    throw wrong(`it has the unknown setting ${quote(key)}${hint ?? ""}`);
  }
  const args: string[] = [];
  for (const [key, { name, flag }] of flags) {
    const value = values[key];
    if (value === undefined || value === null) continue;
    const types = typesOf(flag);
    const list = flag.repeatable && Array.isArray(value) ? value : [value];
    if (!list.every((one) => types.includes(typeof one))) {
      throw wrong(`${key} must be ${flag.repeatable ? "a list of" : "a"} ${types.join(" or ")}`);
    }
    if (flag.kind !== "switch") args.push(...list.map((one) => `--${name}=${one}`));
    else if (value === true) args.push(`--${name}`);
  }
  try {
    const settings = parseFlags("train", args);
    return { ...settings, validationSplit: settings.validationSplit || undefined };
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

/** The types that a flag's value may have in JSON. */
function typesOf({ kind }: Flag): readonly string[] {
  if (kind === "switch") return ["boolean"];
  if (kind === "rhythm") return ["number", "string"]; // epochs, or what has a unit
  return kind === "text" || kind === "choice" ? ["string"] : ["number"];
}
