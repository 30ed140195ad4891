/** What each command needs, and a command of its kind: the rows of permissions_test.ts. @module */

const MODEL = "--hidden-size 4 --batch-size 2 --num-steps 5 --device wasm --threads 1";
/** The flags of a training of a moment. */
export const TRAIN = `${MODEL} --epochs 1 --length 3 --preset tutorial`;
const DEVICE = "--device wasm --threads 1";

/** The flags of a training of a moment on a series. */
export const SERIES = "--num-steps 5 --hidden-size 4 --epochs 1 --device wasm --threads 1";

/** The files that rows name. RUN and MODEL are runs, of which the first was stopped. */
export const FILES = {
  CORPUS: "a text.txt",
  PREFIX: "prefix.txt",
  TOKENS: "tokens.json",
  FILE: "model.keras",
  RUN: "./stopped",
  MODEL: "model",
  SERIES: "series.csv",
  FORECASTER: "forecaster",
};

/** A row of the READMEs' table, with a command of its kind. OUT is a folder that is not there. */
export interface Row {
  /** As the table has it. */
  readonly command: string;
  /** What the table says that it needs. */
  readonly needs: string;
  /** The command's words, in which names of FILES and OUT stand for paths. */
  readonly args: string;
  /** What it says. */
  readonly says: RegExp;
  /** What it notes on standard error. */
  readonly notes?: RegExp;
}

/** What is noted of a run that was stopped before its first report. */
const NO_REPORT = /^Run "stopped\d+": it has no report yet\n$/;

/** The rows of the table. */
export const ROWS: readonly Row[] = [
  {
    command: "train",
    needs: "--allow-read=CORPUS,OUT --allow-write=OUT",
    args: `train --corpus CORPUS --out OUT ${TRAIN}`,
    says: /\nThe run is kept in /,
  },
  {
    command: "train --resume RUN",
    needs: "--allow-read=CORPUS,RUN --allow-write=RUN",
    args: "train --resume RUN",
    says: /\nThe run is kept in /,
  },
  {
    command: "train --init-from MODEL",
    needs: "--allow-read=CORPUS,MODEL,OUT --allow-write=OUT",
    args: `train --corpus CORPUS --init-from MODEL --out OUT ${TRAIN}`,
    says: /\nThe run is kept in /,
  },
  {
    command: "generate",
    needs: "--allow-read=MODEL",
    args: `generate --model MODEL ${DEVICE} --length 3`,
    says: /^fa la/,
  },
  {
    command: "train --series SERIES",
    needs: "--allow-read=SERIES,OUT --allow-write=OUT",
    args: `train --series SERIES --out OUT ${SERIES}`,
    says: /\nThe run is kept in /,
  },
  {
    command: "evaluate",
    needs: "--allow-read=CORPUS,MODEL",
    args: `evaluate --model MODEL --corpus CORPUS ${DEVICE}`,
    says: /\nperplexity /,
  },
  {
    command: "score",
    needs: "--allow-read=CORPUS,MODEL",
    args: `score --model MODEL --corpus CORPUS ${DEVICE}`,
    says: /\nsum of ln p /,
  },
  {
    command: "inspect",
    needs: "--allow-read=CORPUS,MODEL",
    args: `inspect --model MODEL --text CORPUS ${DEVICE}`,
    says: /\n1\. layer 0, /,
  },
  {
    command: "import FILE --vocabulary TOKENS",
    needs: "--allow-read=FILE,TOKENS,OUT --allow-write=OUT",
    args: "import FILE --vocabulary TOKENS --out OUT",
    says: /^The model of keras 3\.15\.1 is kept in /,
    notes: /^model: layers of 5, 3 units .*\n$/,
  },
  {
    command: "profile",
    needs: "--allow-read=CORPUS",
    args: `profile --corpus CORPUS --steps 1 ${MODEL}`,
    says: /\ngemm /,
  },
  { command: "info --model MODEL", needs: "--allow-read=MODEL", args: "info --model MODEL", says: /\n +RNN/ },
  { command: "info", needs: "", args: "info", says: /\nmodel +not looked for: --allow-read=runs shows/ },
  { command: "runs", needs: "--allow-read=runs", args: "runs", says: /\nruns\/old +ended / },
  { command: "runs RUN", needs: "--allow-read=RUN", args: "runs RUN", says: /\n\S+ +stopped / },
  {
    command: "runs --remove NAME",
    needs: "--allow-read=runs/NAME --allow-write=runs/NAME",
    args: "runs --remove NAME --yes",
    says: /is removed\n/,
  },
  {
    command: "verify RUN",
    needs: "--allow-read=RUN",
    args: "verify RUN",
    says: /\n +model.safetensors +/,
  },
  {
    command: "export MODEL --html",
    needs: "--allow-read=MODEL,OUT --allow-write=OUT",
    args: "export --model MODEL --html --out OUT",
    says: /^The page is in /,
  },
  {
    command: "export MODEL --to onnx",
    needs: "--allow-read=MODEL,OUT --allow-write=OUT",
    args: "export --model MODEL --to onnx --out OUT",
    says: /^The model is in /,
  },
  {
    command: "quantize MODEL",
    needs: "--allow-read=MODEL,OUT --allow-write=OUT",
    args: "quantize --model MODEL --out OUT",
    says: /^The model with weights of int8 is kept in /,
  },
  {
    command: "report RUN",
    needs: "--allow-read=RUN --allow-write=RUN",
    args: "report RUN",
    says: /^The report is in \S+\/report\.html\n$/,
    notes: NO_REPORT,
  },
  { command: "--help", needs: "", args: "--help", says: /^refrain: / },
  { command: "--version", needs: "", args: "--version", says: /^refrain / },
  { command: "completions", needs: "", args: "completions bash", says: /\ncomplete -F _refrain refrain\n$/ },
];

/** Rows that the table leaves to its words: other files that flags name, other ways of writing paths. */
export const OTHERS: readonly Row[] = [
  {
    command: "forecast",
    needs: "--allow-read=FORECASTER",
    args: `forecast FORECASTER ${DEVICE}`,
    says: /^step,spots\n1,/,
  },
  {
    command: "forecast --from SERIES",
    needs: "--allow-read=SERIES,FORECASTER",
    args: `forecast FORECASTER --from SERIES ${DEVICE}`,
    says: /^step,spots\n1,/,
  },
  {
    command: "evaluate --baseline",
    needs: "--allow-read=CORPUS,MODEL",
    args: `evaluate --model MODEL --corpus CORPUS --baseline ${DEVICE}`,
    says: /\ncounted +\d+-gram /,
  },
  {
    command: "train of the built-in lyrics",
    needs: "--allow-read=runs --allow-write=runs",
    args: `train ${TRAIN} --max-chars 200`,
    says: /\nThe run is kept in runs\//,
  },
  {
    command: "train --overwrite",
    needs: "--allow-read=MODEL --allow-write=MODEL",
    args: `train --out MODEL --overwrite ${TRAIN} --max-chars 200`,
    says: /\nThe run is kept in /,
  },
  {
    command: "train with a vocabulary and prefixes of files",
    needs: "--allow-read=CORPUS,PREFIX,MODEL,TOKENS,OUT --allow-write=OUT",
    args:
      `train --corpus CORPUS --init-from MODEL --vocabulary TOKENS --prefix-file PREFIX --out OUT ${TRAIN}`,
    says: /\nThe run is kept in /,
  },
  {
    command: "train into a folder whose parent is not there",
    needs: "--allow-read=OUT/deep --allow-write=OUT/deep",
    args: `train --out OUT/deep ${TRAIN} --max-chars 200`,
    says: /\nThe run is kept in /,
  },
  {
    command: "generate with files",
    needs: "--allow-read=PREFIX,TOKENS,MODEL",
    args: `generate --model MODEL --prefix-file PREFIX --vocabulary TOKENS ${DEVICE} --length 3`,
    says: /^la re/,
  },
  {
    command: "generate from a file alone",
    needs: "--allow-read=weights.safetensors",
    args: `generate --model weights.safetensors --prefix la ${DEVICE} --length 3`,
    says: /^la/,
  },
  {
    command: "generate from the newest run",
    needs: "--allow-read=runs",
    args: `generate ${DEVICE} --length 3`,
    says: /^(fa la|==> 1 of 2 <==)/,
  },
  {
    command: "generate through a link",
    needs: "--allow-read=link",
    args: `generate --model link ${DEVICE} --length 3`,
    says: /^fa la/,
  },
  {
    command: "score of a text",
    needs: "--allow-read=MODEL",
    args: `score --model MODEL --text la ${DEVICE}`,
    says: /\nsum /,
  },
  {
    command: "report into a file",
    needs: "--allow-read=RUN,MODEL,page.html --allow-write=page.html",
    args: "report RUN MODEL/ --out page.html",
    says: /^The report is in page\.html\n$/,
    notes: NO_REPORT,
  },
  {
    command: "report of the newest run",
    needs: "--allow-read=runs --allow-write=runs",
    args: "report",
    says: /^The report is in runs\//,
  },
  {
    command: "profile of the built-in lyrics",
    needs: "",
    args: `profile --steps 1 ${MODEL}`,
    says: /\ngemm /,
  },
];
