/**
 * Whether a device has room for what a work demands, asked before anything is allocated or drawn, and what to try where it has
 * none.
 *
 * @module
 */
import { align, type Device, DeviceError } from "../device/device.ts";
import { errorNaming, type Sentence } from "../messages/naming.ts";
import { bytesText, counted } from "../messages/printable.ts";
import { bytesOf, type Demand } from "./demand.ts";

/** An option that may be made smaller. */
export interface Choice {
  /** Its name; where several must be equal, all of them. */
  readonly options: readonly string[];
  /** The value that was given. */
  readonly value: number;
  /** The demands with another value; undefined where that value is none. */
  readonly demands: (value: number) => readonly Demand[] | undefined;
}

/** What of a device decides whether it has room. */
type Room = Pick<Device, "name" | "threads" | "memory" | "mostWords">;

/** How demands are compared. */
export interface Terms {
  /** What may be made smaller, the best first. */
  readonly choices?: readonly Choice[];
  /** Bytes in use by now that the demands count, too. */
  readonly present?: number;
  /** Whether there will be more than the demands. */
  readonly least?: boolean;
}

/** Suggestions in a sentence, at most. */
const MOST_SUGGESTIONS = 2;

/**
 * Checks that a device has room.
 *
 * @param device The device.
 * @param what For the sentence: "make an RNN of hiddenSize 256", its options named.
 * @param demands What is to be there at the same time, of one part of the work after the other.
 * @param terms What may be made smaller, and what of the demands is there by now.
 * @throws {DeviceError} If a demand is larger than what the device has left, or a block larger than it gives at once.
 */
export function checkRoom(
  device: Device,
  what: Sentence,
  demands: readonly Demand[],
  { choices = [], present = 0, least = false }: Terms = {},
): void {
  const lack = lackOf(device, demands, { present, least });
  if (lack === undefined) return;
  const threads = { options: ["threads"], value: device.threads, demands: () => demands };
  const found = [
    ...suggestionOf((count) => roomOf(device, count), threads, present),
    ...choices.flatMap((choice) => suggestionOf(() => device, choice, present)),
  ].slice(0, MOST_SUGGESTIONS);
  throw errorNaming(DeviceError, (option) => {
    const words = found.map((suggestion) => suggestion(option)).join(" or ");
    return `Cannot ${what(option)}: ${lack}${words && `: try ${words}`}`;
  });
}

/** Whether a device has room. */
export function hasRoom(device: Device, demands: readonly Demand[]): boolean {
  return lackOf(device, demands, { present: 0 }) === undefined;
}

/** The most that demands come to, one after the other. */
export function mostBytes(device: Pick<Device, "name" | "threads">, demands: readonly Demand[]): number {
  return Math.max(...demands.map((demand) => bytesOf(demand, device)));
}

/** What a device lacks for demands, as a sentence has it; undefined where it has room. */
function lackOf(
  device: Room,
  demands: readonly Demand[],
  { present, least = false }: { present: number; least?: boolean },
): string | undefined {
  const { name, mostWords = Infinity, memory } = device;
  const needed = mostBytes(device, demands);
  const left = memory.size - Math.max(0, memory.used - memory.scratch - present);
  if (needed > left) {
    const amount = bytesText(needed) === bytesText(left)
      ? (bytes: number): string => counted(bytes, "byte")
      : bytesText;
    const size = amount(memory.size);
    const rest = amount(left) === size ? `holds ${size}` : `has ${amount(left)} of ${size} left`;
    return `it needs ${least ? "at least " : ""}${amount(needed)} where device "${name}" ${rest}`;
  }
  const large = demands.flatMap(({ blocks }) => blocks).find(({ words }) => align(words) > mostWords);
  if (!large) return undefined;
  const [size, most] = [large.words * 4, mostWords * 4];
  return `its ${large.name} take ${bytesText(size)} where device "${name}" gives at most ${
    bytesText(most)
  } at once`;
}

/**
 * The largest round value of an option with which there is room, as a sentence has it; none where there is none.
 *
 * @param roomWith The device with a value of the option.
 */
function suggestionOf(
  roomWith: (value: number) => Room,
  { options, value, demands }: Choice,
  present: number,
): Sentence[] {
  for (const round of roundBelow(value)) {
    const smaller = demands(round);
    if (!smaller || lackOf(roomWith(round), smaller, { present }) !== undefined) continue;
    return [(option) => options.map((name) => option(name, round)).join(" with ")];
  }
  return [];
}

/** A device with another number of threads, each of which has memory of its own. */
function roomOf({ name, memory, mostWords }: Room, threads: number): Room {
  return { name, memory, threads, ...(mostWords === undefined ? {} : { mostWords }) };
}

/** Powers of two and the numbers half way between them, from the largest below `value`. */
function* roundBelow(value: number): Generator<number> {
  for (let power = 2 ** Math.floor(Math.log2(value)); power >= 1; power /= 2) {
    for (const round of [1.5 * power, power]) {
      if (round < value && Number.isInteger(round)) yield round;
    }
  }
}
