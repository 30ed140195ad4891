/**
 * `verify`: a table of every check on every device, and an exit code.
 *
 * @module
 */
import { allChecks, openTargets, type Row, runChecks, runLossCurves, type Target } from "../verify/verify.ts";
import type { Settings } from "./flags.ts";
import { event, fail, isJson, people } from "./results.ts";
import { printCommand } from "./trace.ts";
import { tilesFor } from "./turbo.ts";
import { VERSION } from "../version.ts";

/** Characters of the table's first column. */
const NAME = 34;
/** Characters of every other column. */
const CELL = 23;

/**
 * Checks this machine's devices.
 *
 * @param settings The flags' values.
 * @returns The exit code: 1 where anything is off.
 */
export async function verifyCommand(settings: Settings<"verify">): Promise<number> {
  const start = performance.now();
  const { device, threads, trace, turbo } = settings;
  const targets = await openTargets(device, {
    threads,
    ...tilesFor(turbo),
    trace: trace ? printCommand : undefined,
  });
  try {
    people(`refrain ${VERSION}, Deno ${Deno.version.deno}, ${Deno.build.target}`);
    for (const { name, device } of targets) people(`${name.padEnd(13)} ${device.info.description}`);
    if (device === undefined && !targets.some(({ name }) => name === "webgpu")) {
      people("webgpu        not checked: no WebGPU adapter was found");
    }
    const devices = targets.map(({ name, device }) => ({ name, description: device.info.description }));
    event("start", { version: VERSION, deno: Deno.version.deno, target: Deno.build.target, devices });
    let error: string | undefined;
    const code = await printTable(targets, told(rowsOf(targets), targets), {
      log: (text: string) => people(...text.split("\n")),
      error: (text: string) => {
        error = text;
        if (!isJson()) fail(text);
      },
    });
    const seconds = (performance.now() - start) / 1000;
    if (code === 0) people("", `Everything is within its tolerance (${seconds.toFixed(0)} s)`);
    event("end", { ok: code === 0, seconds, error });
    return code;
  } finally {
    for (const { device } of targets) device[Symbol.dispose]();
  }
}

/** Tells programs of each row. */
async function* told(
  rows: AsyncIterable<Row>,
  targets: readonly Target[],
): AsyncGenerator<Row, void, void> {
  for await (const row of rows) {
    const cells = row.cells.flatMap((cell, i): object[] => {
      if (cell === undefined) return [];
      const device = targets[i]!.name;
      if (typeof cell === "number") return [{ device, value: cell }];
      const { error, tolerance, failure } = cell;
      return [{ device, error, tolerance, ok: failure === undefined, failure }];
    });
    event("row", { group: row.group, name: row.name, cells });
    yield row;
  }
}

async function* rowsOf(targets: readonly Target[]): AsyncGenerator<Row, void, void> {
  yield* runChecks(targets, await allChecks());
  yield* runLossCurves(targets);
}

/**
 * Prints rows as they come, then what is off.
 *
 * @param targets The devices, whose names head the columns.
 * @param rows The rows.
 * @param output Where lines go.
 * @returns The exit code: 1 where anything is off.
 */
export async function printTable(
  targets: readonly Target[],
  rows: AsyncIterable<Row>,
  output: Pick<Console, "log" | "error">,
): Promise<number> {
  const off: string[] = [];
  const failures: string[] = [];
  const line = (name: string, cells: string[]): string =>
    (name.padEnd(NAME) + cells.map((cell) => cell.padEnd(CELL)).join("")).trimEnd();
  output.log(`\n${line("largest relative error", targets.map(({ name }) => name))}`);
  let heading = "";
  for await (const { group, name, cells } of rows) {
    if (group !== heading) output.log(group);
    heading = group;
    output.log(line(`  ${name}`, cells.map(textOf)));
    for (const [i, cell] of cells.entries()) {
      if (typeof cell !== "object" || cell.failure === undefined) continue;
      off.push(`${name} on ${targets[i]!.name}`);
      failures.push(`OFF ${off.at(-1)}: ${cell.failure}`);
    }
  }
  if (off.length === 0) return 0;
  output.log(`\n${failures.join("\n")}`);
  output.error(
    `${off.length} of the table's numbers ${off.length > 1 ? "are" : "is"} off: ${off.join("; ")}`,
  );
  return 1;
}

/** "3.5e-7 of 3.9e-6 ok" */
function textOf(cell: Row["cells"][number]): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return cell.toFixed(6);
  const [error, tolerance] = [cell.error, cell.tolerance].map((value) =>
    Number.isFinite(value) && value > 0 ? value.toExponential(1) : String(value)
  );
  return `${error} of ${tolerance} ${cell.failure === undefined ? "ok" : "OFF"}`;
}
