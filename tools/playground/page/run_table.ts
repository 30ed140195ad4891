/**
 * The table of the runs, which keeps up with them.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { numberText } from "../../../src/report/numbers.ts";
import type { Standing } from "../../../src/serve/runs.ts";
import { make } from "../../page/elements.ts";
import { tableOf } from "./tables.ts";
import { say, translated } from "./words.ts";

/** A run's name, and how far it has come. */
type Named = Standing & { readonly name: string };

/** The table, and what tells it how some of its runs stand now. */
export interface RunTable {
  readonly table: HTMLElement;
  tell(runs: readonly Named[]): void;
}

/**
 * Makes the table.
 *
 * @param runs Its rows.
 * @param onShow Told which run is to be shown.
 */
export function runTable(runs: readonly Named[], onShow: (name: string) => void): RunTable {
  const rows = new Map(runs.map((run) => [run.name, rowOf(run.name, onShow)]));
  const tell = (now: readonly Named[]): void => now.forEach((run) => rows.get(run.name)?.tell(run));
  tell(runs);
  const columns = [say("name"), say("state"), say("epoch"), say("loss")];
  return { table: tableOf(say("allRuns"), columns, Array.from(rows.values(), ({ cells }) => cells)), tell };
}

/** A row whose elements stay while their texts change: the keyboard does not lose its place. */
function rowOf(name: string, onShow: (name: string) => void): { cells: Node[]; tell(run: Named): void } {
  const label = say("watch", { name: visible(name) });
  const show = make("button", { type: "button", "aria-label": label }, visible(name));
  show.addEventListener("click", () => onShow(name));
  const texts = ["", "", ""].map((text) => document.createTextNode(text));
  const tell = ({ state, epoch, epochs, loss }: Named): void => {
    show.disabled = ["file", "missing", "quantized", "model"].includes(state);
    const of = epochs === undefined ? "" : ` / ${numberText(epochs)}`;
    const reached = epoch === undefined ? "–" : numberText(epoch) + of;
    const now = [translated("state", state), reached, numberText(loss)];
    for (const [i, text] of now.entries()) texts[i]!.data = text;
  };
  return { cells: [show, ...texts], tell };
}
