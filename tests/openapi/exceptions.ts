/**
 * Where the interface itself answers null though its document does not say so. These places alone, under these conditions
 * alone, are taken out of what the document judges.
 *
 * @module
 */
import type { Completion } from "../serve/served.ts";

/** Where an answer stands: a whole one, or an event of a stream. */
export interface Place {
  /** Whether its choices begin with the first token of an echoed prompt. */
  readonly begins: boolean;
  /** Whether more of its choice follows. */
  readonly goesOn: boolean;
  /** Whether an event with the usage follows. */
  readonly usageFollows: boolean;
}

/** Takes an exception out of an answer; says whether it was there. */
type Exception = (completion: Completion, place: Place) => boolean;

/** The exceptions by what is null. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "finish_reason before a stream's end": ({ choices: [choice] }, { goesOn }) => {
    if (!goesOn || choice?.finish_reason !== null) return false;
    choice.finish_reason = "length";
    return true;
  },
  "the log-probability of an echo's first token": ({ choices }, { begins }) => {
    if (!begins) return false;
    const lists = choices.map(({ logprobs }) => logprobs?.token_logprobs ?? []);
    const found = lists.filter(([first]) => first === null);
    for (const list of found) list[0] = 0;
    return found.length > 0;
  },
  "the alternatives of an echo's first token": ({ choices }, { begins }) => {
    if (!begins) return false;
    const lists = choices.map(({ logprobs }) => logprobs?.top_logprobs ?? []);
    const found = lists.filter(([first]) => first === null);
    for (const list of found) list[0] = {};
    return found.length > 0;
  },
  "usage before a stream's last event, where that has it": (completion, { usageFollows }) => {
    if (!usageFollows || completion.usage !== null) return false;
    Reflect.deleteProperty(completion, "usage");
    return true;
  },
};
