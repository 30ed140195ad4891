/**
 * What each command reads and writes, and where it listens, said once: it is asked for before the work begins, and the commands that people copy
 * carry it.
 *
 * @module
 */
import type { ExportFormat } from "../exchange/export_model/options.ts";
import { placesOf, RUN_FILES, runFolderOf, RUNS } from "../files/find_run.ts";
import { type Access, grantingAdvice, grantingFlag, isGranted } from "../files/permissions.ts";
import { quote } from "../messages/quote.ts";
import type { CommandName } from "./flags.ts";
import { ownPath } from "./own_path.ts";
import { runGrant } from "./run_grant.ts";
import { UsageError } from "./usage_error.ts";

/** The flags that name files and folders. */
export interface Paths {
  readonly corpus?: readonly string[];
  /** The CSV file of `train` and `evaluate`, and that of `forecast`. */
  readonly series?: string | undefined;
  readonly from?: string | undefined;
  readonly prefixFile?: readonly string[];
  readonly notIn?: readonly string[];
  readonly vocabulary?: string | undefined;
  /** Of `import`: the files of the model. */
  readonly file?: readonly string[];
  /** The file that `inspect` reads; of `score` it is the text itself. */
  readonly text?: string | undefined;
  readonly initFrom?: string | undefined;
  /** One run, of `report` several. */
  readonly model?: string | readonly string[] | undefined;
  readonly out?: string | undefined;
  /** Of `export`: the format of the file. */
  readonly to?: ExportFormat | undefined;
  readonly resume?: string | undefined;
  readonly remove?: string | undefined;
  /** Of `serve`: where it listens, and the file of its token. */
  readonly host?: string;
  readonly port?: number;
  readonly tokenFile?: string | undefined;
  /** Of `inspect`: what it finds is not kept. */
  readonly noSave?: boolean;
  /** Of `train`: whether MPI is called, and which library it is of, where one is named. */
  readonly distributed?: string | undefined;
  readonly mpiLibrary?: string | undefined;
}

/** What a command has found of its model. */
export interface ModelPaths {
  /** The model's file. */
  readonly file: string;
  /** The texts of its run that are read too. */
  readonly texts: readonly string[];
}

/** Files and folders, the latter with all that lies in them, and addresses to listen at. */
export type Needs = Readonly<Record<Access, readonly string[]>> & {
  readonly net?: readonly string[];
  /** Whether Deno is started. */
  readonly starts?: true;
  /** Libraries whose functions are called; an empty list stands for those that the system finds. */
  readonly ffi?: readonly string[];
};

/**
 * The files and folders that a command needs.
 *
 * @param command The command.
 * @param paths What its flags name.
 * @returns Paths as they were given, each once; standard input is none.
 */
export function needsOf(command: CommandName, paths: Paths): Needs {
  const { corpus = [], prefixFile = [], notIn = [], vocabulary, text, initFrom, out, resume, remove } = paths;
  const { series = "-", from = "-" } = paths;
  const models = paths.model === undefined ? [] : [paths.model].flat();
  const [model] = models;
  const texts = [...corpus, ...prefixFile, ...notIn, series, from].filter((path) => path !== "-");
  switch (command) {
    case "train": {
      const kept = resume ?? out ?? RUNS;
      const files = needs([...texts, initFrom, vocabulary, kept], [kept]);
      const { distributed, mpiLibrary } = paths;
      if (distributed === undefined) return files;
      return { ...files, ffi: mpiLibrary ? [mpiLibrary] : [] };
    }
    case "sweep": {
      const kept = out ?? RUNS;
      return { ...needs([...texts, kept], [kept]), starts: true };
    }
    case "generate":
    case "forecast":
    case "evaluate":
    case "score":
      return needs([...texts, vocabulary, model ?? RUNS]);
    case "inspect": // keeps what it finds where that may be written
      return needs([...texts, text === "-" ? undefined : text, vocabulary, model ?? RUNS]);
    case "info": // shows the newest run where that may be read
      return needs([vocabulary, model]);
    case "completions":
      return needs([]);
    case "profile":
      return needs(texts);
    case "verify":
      return needs([model === undefined ? goldenFolder() : placeOf(model)]);
    case "report":
      return needsOfReport(models, out);
    case "serve": {
      const runs = models.length > 0 ? models.map((run) => placeOf(run)!) : [RUNS];
      return { ...needs([...runs, paths.tokenFile]), net: [addressOf(paths)] };
    }
    case "export": {
      const file = exportedFile({ model, out, to: paths.to });
      return needs([model ?? RUNS, file], [file]);
    }
    case "import": {
      const kept = out ?? RUNS;
      return needs([...paths.file ?? [], vocabulary, kept], [kept]);
    }
    case "quantize": {
      const kept = out ?? RUNS;
      return needs([model ?? RUNS, kept], [kept]);
    }
    case "runs": {
      const removed = placeOf(remove);
      if (removed !== undefined) return needs([removed], [removed]);
      return needs(foldersOf(models));
    }
  }
}

/**
 * The files and folders that a command uses where that has been granted, beside what it needs: nobody is asked for them.
 *
 * @param command The command.
 * @param paths What its flags name.
 * @param found The file of its model, and the texts that it reads of the model's run, where it has found them.
 * @returns Paths, each once.
 */
export function wantsOf(command: CommandName, paths: Paths, found: ModelPaths | undefined): Needs {
  if (command === "info") return needs(paths.model === undefined ? [RUNS] : []);
  if (found === undefined) return needs([]);
  const { file, texts } = found;
  const folder = runFolderOf(file);
  const keeps = command === "inspect" && !paths.noSave && folder !== file;
  const beside = keeps ? folder : file.replace(/[^/\\]*$/, RUN_FILES.config);
  return needs([...paths.model === file ? [beside] : [], ...texts], keeps ? [folder] : []);
}

/** A page goes into its run's folder; one of several runs, or that was given a place, is a file by itself. */
function needsOfReport(runs: readonly string[], out: string | undefined): Needs {
  const folders = foldersOf(runs);
  const file = pageOf(runs, out);
  return needs([...folders, file], file === undefined ? folders : [file]);
}

/** The folders of runs that were named, of which each may be named by a file; of none that of all runs. */
function foldersOf(runs: readonly string[]): string[] {
  return runs.length > 0 ? runs.map((run) => runFolderOf(placeOf(run)!)) : [RUNS];
}

/**
 * The file of a page that is not in its run's folder.
 *
 * @param runs The runs that were named.
 * @param out What --out says.
 * @returns Its path; undefined where it is in the folder of the one run.
 */
export function pageOf(runs: readonly string[], out: string | undefined): string | undefined {
  return out ?? (runs.length > 1 ? RUN_FILES.report : undefined);
}

/**
 * An address as Deno's flags have it.
 *
 * @param paths The flags' values.
 * @returns "127.0.0.1:8000", of an IPv6 address with brackets.
 */
export function addressOf({ host = "127.0.0.1", port = 8000 }: Pick<Paths, "host" | "port">): string {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/**
 * The file that a model becomes.
 *
 * @param paths The run or model file that was named, what --out says, and --to.
 * @returns Its path: without --out in the folder one is in, by the run's name.
 */
export function exportedFile(
  { model, out, to }: { model: string | undefined } & Pick<Paths, "out" | "to">,
): string {
  const parts = model === undefined ? [] : runFolderOf(model).split(/[/\\]/);
  const name = parts.findLast((part) => !["", ".", ".."].includes(part)) ?? "refrain";
  return out ?? `${name.replace(/\.safetensors$/, "")}.${to ?? "html"}`;
}

/** What was not named is not needed. */
function needs(
  read: readonly (string | undefined)[],
  write: readonly (string | undefined)[] = [],
): Needs {
  const named = (paths: readonly (string | undefined)[]): string[] =>
    [...new Set(paths.filter((path) => !!path))] as string[];
  return { read: named(read), write: named(write) };
}

/** Where the run of a name is looked for: where that is granted, else first under runs/. */
function placeOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const places = placesOf(name);
  return places.find((path) => isGranted("read", path)) ?? places[0];
}

/** The numbers that `verify` reads, where they lie in a clone: what comes from a registry needs no permission. */
function goldenFolder(): string | undefined {
  return Deno.build.standalone ? undefined : ownPath(new URL("../verify/golden", import.meta.url).href);
}

/**
 * The flags of Deno that grant what a command needs.
 *
 * @param needs Files and folders.
 * @param deno By which name Deno is started, where it is.
 * @returns Flags, not quoted for a shell.
 */
export function grantsOf(needs: Needs, deno: string = "deno"): string[] {
  const files = (["read", "write"] as const).filter((access) => needs[access].length > 0)
    .map((access) => grantingFlag(access, needs[access]));
  return [...files, ...netFlags(needs), ...(needs.starts ? [runFlag(deno)] : []), ...ffiFlags(needs)];
}

function runFlag(deno: string): string {
  return `--allow-run=${deno}`;
}

function netFlags({ net = [] }: Needs): string[] {
  return net.length > 0 ? [`--allow-net=${net.join(",")}`] : [];
}

function ffiFlags({ ffi }: Needs): string[] {
  if (!ffi) return [];
  return [ffi.length === 0 ? "--allow-ffi" : `--allow-ffi=${ffi.join(",")}`];
}

/** Whether Deno may be started, by its name or its path; on a terminal people are asked. */
async function mayStart(program: string): Promise<boolean> {
  for (const command of new Set([Deno.execPath(), program])) {
    if ((await Deno.permissions.query({ name: "run", command })).state === "granted") return true;
  }
  return (await Deno.permissions.request({ name: "run", command: program })).state === "granted";
}

/** Whether functions of all these libraries may be called. */
async function mayCall(libraries: readonly string[]): Promise<boolean> {
  const wanted = libraries.length === 0
    ? [{ name: "ffi" } as const]
    : libraries.map((path) => ({ name: "ffi", path }) as const);
  for (const one of wanted) {
    if ((await Deno.permissions.request(one)).state !== "granted") return false;
  }
  return true;
}

/**
 * Asks for what a command needs: on a terminal Deno asks people, once for each path, elsewhere what is not granted is denied.
 *
 * @param command The command.
 * @param paths What its flags name.
 * @throws {RangeError} If something is denied; the sentence has the flags to add.
 */
export async function askFor(command: CommandName, paths: Paths): Promise<void> {
  const needs = needsOf(command, paths);
  const tasks: string[] = [];
  const flags: string[] = [];
  for (const access of ["read", "write"] as const) {
    const denied: string[] = [];
    for (const path of needs[access]) {
      const wanted = { name: access, path } as const;
      if ((await Deno.permissions.query(wanted)).state === "denied") {
        throw new RangeError(`Cannot ${access} "${path}" as that is forbidden: run without --deny-${access}`);
      }
      if ((await Deno.permissions.request(wanted)).state !== "granted") denied.push(path);
    }
    if (denied.length === 0) continue;
    tasks.push(`${access} ${denied.map((path) => `"${path}"`).join(", ")}`);
    flags.push(grantingFlag(access, needs[access]));
  }
  for (const host of needs.net ?? []) {
    if (await mayListen(host)) continue;
    tasks.push(`listen at ${host}`);
    flags.push(...netFlags(needs));
  }
  const deno = runGrant();
  if (needs.starts && !await mayStart(deno)) {
    tasks.push("start Deno");
    flags.push(runFlag(deno));
  }
  if (needs.ffi && !await mayCall(needs.ffi)) {
    tasks.push("call MPI");
    flags.push(...ffiFlags(needs));
  }
  if (tasks.length > 0) throw new RangeError(`Cannot ${tasks.join(" or ")}: ${grantingAdvice(flags)}`);
}

/** Whether one may listen at an address; Deno knows what is none. */
async function mayListen(host: string): Promise<boolean> {
  try {
    return (await Deno.permissions.request({ name: "net", host })).state === "granted";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `Cannot listen at ${quote(host)} as that is no address: --host names one, without a port`,
    );
  }
}
