/**
 * What a server counts, as Prometheus reads it: text, a number a line.
 *
 * @module
 */

/** Names of numbers, with what each is. */
const NUMBERS = {
  refrain_requests_total: ["counter", "Requests that were answered."],
  refrain_request_seconds_total: ["counter", "Seconds from requests to the beginnings of their responses."],
  refrain_prompt_tokens_total: ["counter", "Tokens of prompts."],
  refrain_generated_tokens_total: ["counter", "Tokens that were drawn."],
  refrain_texts_waiting: ["gauge", "Texts that wait to be drawn."],
  refrain_texts_running: ["gauge", "Texts that are being drawn."],
} as const;

/** A number's name. */
export type MetricName = keyof typeof NUMBERS;
/** What a number is of. */
export type Labels = Readonly<Record<string, string>>;

/** The type of a response that has the text. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Counts. */
export class Metrics {
  readonly #counts: Map<string, { name: MetricName; labels: Labels; value: number }> = new Map();

  /**
   * Adds to a number.
   *
   * @param name Its name.
   * @param labels What it is of.
   * @param value How much.
   */
  count(name: MetricName, labels: Labels, value: number = 1): void {
    const key = `${name}${labelsOf(labels)}`;
    const before = this.#counts.get(key)?.value ?? 0;
    this.#counts.set(key, { name, labels, value: before + value });
  }

  /**
   * Writes all numbers.
   *
   * @param gauges Numbers of now, beside those that were counted.
   * @returns The text.
   */
  text(gauges: readonly { name: MetricName; labels: Labels; value: number }[]): string {
    const all = [...this.#counts.values(), ...gauges];
    return Object.entries(NUMBERS).map(([name, [type, help]]) => {
      const lines = all.filter((one) => one.name === name)
        .map(({ labels, value }) => `${name}${labelsOf(labels)} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
    }).join("");
  }
}

function labelsOf(labels: Labels): string {
  const escaped = (text: string): string =>
    text.replace(/[\\"\n]/g, (sign) => sign === "\n" ? "\\n" : `\\${sign}`);
  const list = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return list.length > 0 ? `{${list.join(",")}}` : "";
}
