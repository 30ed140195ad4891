/**
 * A door through which input comes that nobody trusts, and what must hold of each case: it is used, and what it gives can
 * be given back; or it is refused in one clear sentence. Each case is drawn from a seed and its own number, so that it can
 * be tried again alone.
 *
 * @module
 */
import { takeWarnings } from "../../src/cli/output.ts";
import { Random } from "../../src/random.ts";
import { quietly } from "./quietly.ts";

/** A door. */
export interface Door<Input = unknown> {
  /** Its name. */
  readonly name: string;
  /** Opens what its cases share. */
  open(): Promise<OpenDoor<Input>>;
}

/** A door whose cases may come. */
export interface OpenDoor<Input> extends AsyncDisposable {
  /** Draws a case. */
  draw(random: Random): Input | Promise<Input>;
  /**
   * Lets a case in.
   *
   * @returns What must hold of one that was not refused.
   */
  use(input: Input): Promise<(() => Promise<void> | void) | void>;
  /** Bytes of a device that are held: a refusal takes none, and what is used gives them back some time. */
  held?(): number;
}

/** What became of a door's cases. */
export interface Outcome {
  readonly door: string;
  readonly cases: number;
  accepted: number;
  /** How many were refused, by sentence, its numbers and names left out. */
  readonly refused: Map<string, number>;
  /** What must not be, each with the number of its case. */
  readonly faults: string[];
  /** The slowest case. */
  slowest: { milliseconds: number; index: number };
  milliseconds: number;
}

/** Errors whose sentences are meant for people. */
const REFUSALS = ["TypeError", "RangeError", "SyntaxError", "DeviceError", "UsageError"];

/** What engines say, and values that a sentence cannot have meant. */
const UNCLEAR =
  /\bundefined\b|(?<!element \d+ is |loss is |current value is )\bNaN\b|\[object |is not a function|is not iterable|Cannot read propert|Invalid (typed )?array|[Mm]aximum call stack|\bnull\b.*reading|out of bounds|\bBigInt\b/;

/** A case may take as long on a busy machine. */
const MOST_MILLISECONDS = 5000;
/** Characters of a sentence. */
const MOST_CHARACTERS = 700;
/** Characters of what is told of a fault. */
const MOST_WORDS = 2000;
/** Uses behind which a device has what it keeps. */
const FIRST_USES = 20;
/** Bytes of a device that may wait to be collected. */
const MOST_BYTES = 2 ** 23;
/** Bytes of memory that may wait to be collected. */
const MOST_HEAP = 2 ** 28;
/** Faults that are kept of a door. */
const MOST_FAULTS = 20;

/** Which cases are tried. */
export interface Cases {
  readonly seed: number;
  readonly cases: number;
  /** The number of the first one. */
  readonly first?: number;
}

/** Tries a door, and keeps to itself what is warned of meanwhile. */
export async function tryDoor(door: Door, cases: Cases): Promise<Outcome> {
  using _ = takeWarnings();
  return (await quietly(() => tryCases(door, cases))).value;
}

async function tryCases(door: Door, { seed, cases, first = 0 }: Cases): Promise<Outcome> {
  const start = performance.now();
  const outcome: Outcome = {
    door: door.name,
    cases,
    accepted: 0,
    refused: new Map(),
    faults: [],
    slowest: { milliseconds: 0, index: 0 },
    milliseconds: 0,
  };
  await using open = await door.open();
  const heap = Deno.memoryUsage().heapUsed;
  /** Bytes that were held behind the first uses, which make what a device keeps. */
  let kept: number | undefined;
  for (let index = first; index < first + cases; index++) {
    const input = await open.draw(new Random(seed, index));
    const held = open.held?.();
    const { accepted } = outcome;
    const before = performance.now();
    const fault = await tryCase(open, input, outcome);
    const milliseconds = performance.now() - before;
    if (milliseconds > outcome.slowest.milliseconds) outcome.slowest = { milliseconds, index };
    const late = milliseconds > MOST_MILLISECONDS ? `it took ${milliseconds.toFixed()} ms` : undefined;
    if (outcome.accepted === FIRST_USES) kept ??= open.held?.();
    const most = outcome.accepted > accepted ? (kept ?? Infinity) + MOST_BYTES : held;
    const now = open.held?.();
    const taken = now !== undefined && now > most! ? `${now} bytes are held, and ${most} may be` : undefined;
    for (const told of [fault, late, taken]) {
      if (told !== undefined && outcome.faults.length < MOST_FAULTS) {
        outcome.faults.push(`${door.name}, case ${index} of seed ${seed}: ${told}`);
      }
    }
  }
  const grown = Deno.memoryUsage().heapUsed - heap;
  if (grown > MOST_HEAP) outcome.faults.push(`${door.name}: memory grew by ${grown} bytes`);
  outcome.milliseconds = performance.now() - start;
  return outcome;
}

/** Lines about a door. */
export function linesOf(
  { door, cases, accepted, refused, slowest, milliseconds, faults }: Outcome,
): string[] {
  const kinds = [...refused].sort(([, a], [, b]) => b - a);
  return [
    `${door}: ${cases} cases in ${(milliseconds / 1000).toFixed(1)} s, ${accepted} accepted, ` +
    `${cases - accepted} refused by ${refused.size} sentences; the slowest, ${slowest.index}, took ` +
    `${slowest.milliseconds.toFixed(0)} ms`,
    ...kinds.map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`),
    ...faults.map((fault) => `FAULT ${fault}`),
    "",
  ];
}

/** What is wrong with how a case was taken. */
async function tryCase<Input>(
  open: OpenDoor<Input>,
  input: Input,
  outcome: Outcome,
): Promise<string | undefined> {
  let holds: (() => Promise<void> | void) | void;
  try {
    holds = await open.use(input);
  } catch (error) {
    const kind = kindOf(error);
    outcome.refused.set(kind, (outcome.refused.get(kind) ?? 0) + 1);
    return faultOf(error);
  }
  outcome.accepted++;
  try {
    await holds?.();
    return undefined;
  } catch (error) {
    return `it was accepted, but: ${(error as Error).stack?.slice(0, MOST_WORDS)}`;
  }
}

/**
 * What is wrong with an error that refuses something.
 *
 * @param error What was thrown.
 * @returns Words for it; undefined where it is a clear sentence.
 */
export function faultOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `${String(error)} is no error`;
  const { name, message, stack } = error;
  if (!REFUSALS.includes(name)) return stack;
  const own = message.replace(/"(\\.|[^"\\])*"/g, '""'); // what was given is quoted
  if (UNCLEAR.test(own)) return stack;
  if (!/^(Cannot|Unknown|Unexpected) /.test(message)) return `it does not begin as a sentence: ${message}`;
  if (message.endsWith(".")) return `it ends with a full stop: ${message}`;
  if (message.length > MOST_CHARACTERS) {
    return `it has ${message.length} characters: ${message.slice(0, 200)}`;
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(message)) {
    return `it has control characters: ${JSON.stringify(message)}`;
  }
  return message.isWellFormed() ? undefined : `it has half a character: ${JSON.stringify(message)}`;
}

/**
 * Does what may be refused, in a clear sentence.
 *
 * @param body What is done.
 */
export async function tryToo(body: () => unknown): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (faultOf(error) !== undefined) throw error;
  }
}

/** A sentence without what was given. */
function kindOf(error: unknown): string {
  const { name, message } = error as Error;
  const words = message.replace(/ as \S+ is .*/s, " as … is …").replace(/"(\\.|[^"\\])*"?/g, "…")
    .replace(/[-+]?\d[\d.,e+-]*/g, "…");
  const [first, second] = words.split("…");
  return `${name}: ${[first, ...(second === undefined ? [] : [second])].join("…").slice(0, 100)}`;
}
