/**
 * What the command lines of benchmarks share: a wrong flag ends them with one sentence, before anything is measured.
 *
 * @module
 */

/** Ends the benchmark with a sentence. */
export function fail(message: string): never {
  console.error(`error: ${message}`);
  Deno.exit(2);
}

/** What parseArgs() is to do with a flag that there is not. */
export function unknown(flag: string): never {
  fail(`Cannot measure with ${flag}: it is not known`);
}

/** A flag's number, a whole one but for seconds. */
export function numberOf(flag: string, text: string, least: number = 1): number {
  const value = text.trim() === "" ? NaN : Number(text);
  const whole = flag === "seconds" || Number.isInteger(value);
  if (whole && value >= least && value < Infinity) return value;
  const what = flag === "seconds" ? "a number" : "a whole number";
  fail(`Cannot measure with --${flag} ${text}: it must be ${what} from ${least}`);
}

/** A flag's words between commas, each of which is known. */
export function namesOf(flag: string, text: string, known: readonly string[]): string[] {
  const names = text.split(",");
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) fail(`Cannot measure with --${flag} ${wrong}: known are ${known.join(", ")}`);
  return names;
}
