/**
 * The rows of published results. None needs more than 2.5 hours of two cores; what would says so instead of a result.
 *
 * @module
 */
import type { Measure, Published, Row, Text } from "./row.ts";

const ANALECTS: Text = { title: "Analects", file: "analects.txt" };
const POEMS: Text = { title: "300 Tang poems", file: "tang300.txt" };
const TIME_MACHINE: Text = { title: "The Time Machine", file: "timemachine.txt", prepared: "letters" };
const SHAKESPEARE: Text = { title: "tiny shakespeare", file: "tinyshakespeare.txt" };
const WAR_AND_PEACE: Text = { title: "War and Peace", file: "warandpeace.txt", prepared: "crlf" };

const SEEDS = [1, 2, 3];
const STATEFUL: Measure = { name: "stateful", flags: "" };
const ROWS: Measure = { name: "stateful, end of 100 rows", flags: "" };
const WINDOWS: Measure = { name: "windows of 256", flags: "--windows 256" };
const DYNAMIC: Measure = { name: "dynamic, SGD 0.1 a segment of 20", flags: "--dynamic" };

const PAGES = "ShusenTang/Dive-into-DL-PyTorch, docs/chapter06_RNN";
const NOTEBOOKS = "d2l-ai/1day-notebooks, notebooks-4";

/** The tutorial's settings on the first 10,000 characters, whose published figures are of other lyrics of that length. */
function tutorial(cell: string, own: string, published: Published): Row {
  return {
    name: `analects-${cell}`,
    text: ANALECTS,
    split: { kind: "none" },
    flags: `--max-chars 10000 --newlines space --cell ${cell} --length 10 ${own}`,
    seeds: SEEDS,
    measures: [],
    published,
    pytorch: `--cell ${cell} ${own}`,
  };
}

/** The settings of the tutorial's sequel: SGD at 1, 500 epochs of the first 10,000 letters. */
function sequel(cell: string, published: Published): Row {
  return {
    name: `timemachine-${cell}`,
    text: TIME_MACHINE,
    split: { kind: "none" },
    flags: `
      --max-chars 10000 --cell ${cell} --optimizer sgd --learning-rate 1
      --clip-grad-norm 1 --epochs 500 --log-every 100 --length 10
    `,
    seeds: SEEDS,
    measures: [],
    published,
  };
}

/** What small texts are trained with that are held out. */
function small(name: string, text: Text, cell: string): Row {
  return {
    name: `${name}-${cell}`,
    text,
    split: { kind: "flags" },
    flags: `
      --validation-split 0.1 --cell ${cell} --hidden-size 128 --embedding-size 64
      --output-dropout 0.4 --learning-rate 0.003 --clip-grad-norm 1 --schedule cosine
      --schedule-unit step --epochs 40 --log-every 1 --length 10
    `,
    seeds: SEEDS,
    measures: [STATEFUL],
  };
}

/** The split of nanoGPT's prepare.py: the last tenth. */
function shakespeare(name: string, own: string, published: Published): Row {
  return {
    name: `shakespeare-${name}`,
    text: SHAKESPEARE,
    split: { kind: "flags" },
    flags: `
      --validation-split 0.1 ${own} --embedding-size 64 --clip-grad-norm 1 --schedule cosine
      --schedule-unit step --num-steps 100 --log-every 1 --length 100
    `,
    seeds: SEEDS,
    measures: [STATEFUL, WINDOWS, DYNAMIC],
    published,
  };
}

/** The paper's text and split, with today's optimizer and schedule, and rows enough for them: a fifth of its epochs. */
function warAndPeace(name: string, own: string): Row {
  return {
    name: `warandpeace-${name}`,
    text: WAR_AND_PEACE,
    split: { kind: "flags" },
    flags: `
      --tokenizer byte --validation-split 0.1 --split rows --split-rows 100 ${own}
      --batch-size 25 --num-steps 100 --learning-rate 0.003 --clip-grad-norm 1
      --schedule cosine --schedule-unit step --epochs 10 --log-every 1 --length 100
    `,
    seeds: [1],
    measures: [ROWS],
    published: { figure: "1.195 nats", of: "20-gram; best LSTM 1.077", source: "arXiv 1506.02078" },
    notRun: "not run",
  };
}

/** A text that is not at hand, as two layers of the size that 2.5 hours of two cores allow. */
function elsewhere(
  name: string,
  text: Text,
  split: Row["split"],
  published: Published,
  own = "",
): Row {
  return {
    name,
    text,
    split,
    flags: `
      ${own} --cell lstm --hidden-size 512 --embedding-size 64 --output-dropout 0.2
      --learning-rate 0.002 --clip-grad-norm 1 --batch-size 64 --num-steps 150
      --schedule cosine --schedule-unit step --log-every 1 --time-budget 2h
    `,
    seeds: [1],
    measures: [STATEFUL],
    published,
    notRun: `needs ${text.file}`,
  };
}

const GRU_LSTM = "--learning-rate 0.01 --epochs 160 --log-every 40";
const GPT_SMALL: Published = {
  figure: "1.88 nats",
  of: "GPT 4×128, windows of 64",
  source: "karpathy/nanoGPT, README",
};
const GPT: Published = {
  figure: "1.4697 nats",
  of: "GPT 10.7 M, windows of 256",
  source: "karpathy/nanoGPT, README",
};

/** All rows, in the order of the table. */
export const ALL: readonly Row[] = [
  tutorial("rnn", "--learning-rate 0.001 --epochs 250 --log-every 50", {
    figure: "1.0214",
    of: "PyTorch 1.0, on other lyrics",
    source: `${PAGES}/6.5_rnn-pytorch.md`,
  }),
  tutorial("gru", GRU_LSTM, {
    figure: "1.0184",
    of: "PyTorch 1.2, on other lyrics",
    source: `${PAGES}/6.7_gru.md`,
  }),
  tutorial("lstm", GRU_LSTM, {
    figure: "1.0175",
    of: "PyTorch 1.0, on other lyrics",
    source: `${PAGES}/6.8_lstm.md`,
  }),
  sequel("rnn", { figure: "1.2", of: "MXNet", source: `${NOTEBOOKS}/3-rnn-gluon.ipynb` }),
  sequel("gru", { figure: "1.1", of: "MXNet", source: `${NOTEBOOKS}/4-gru.ipynb` }),
  sequel("lstm", { figure: "1.1", of: "MXNet", source: `${NOTEBOOKS}/5-lstm.ipynb` }),
  small("analects-held-out", ANALECTS, "gru"),
  small("tang-held-out", POEMS, "gru"),
  small("tang-held-out", POEMS, "lstm"),
  shakespeare(
    "rnn",
    "--cell rnn --hidden-size 512 --output-dropout 0.1 --learning-rate 0.001 --epochs 10",
    GPT_SMALL,
  ),
  shakespeare(
    "gru",
    "--cell gru --hidden-size 448 --output-dropout 0.4 --learning-rate 0.003 --epochs 20",
    GPT,
  ),
  shakespeare(
    "lstm",
    "--cell lstm --hidden-size 384 --output-dropout 0.4 --learning-rate 0.003 --epochs 20",
    GPT,
  ),
  {
    ...shakespeare(
      "lstm-large",
      "--cell lstm --num-layers 2 --hidden-size 496 --dropout 0.4 --output-dropout 0.4 --learning-rate 0.002 --epochs 30",
      GPT,
    ),
    seeds: [1],
    notRun: "not run",
  },
  ...["rnn", "gru", "lstm"].flatMap((cell) =>
    [64, 128].map((size) => warAndPeace(`${cell}-${size}`, `--cell ${cell} --hidden-size ${size}`))
  ),
  warAndPeace(
    "lstm-2x256",
    "--cell lstm --num-layers 2 --hidden-size 256 --embedding-size 64",
  ),
  warAndPeace(
    "lstm-2x512",
    "--cell lstm --num-layers 2 --hidden-size 512 --embedding-size 64",
  ),
  elsewhere(
    "ptb-lstm",
    { title: "Penn Treebank, characters", file: "ptb.char.train.txt", from: "Mikolov's simple-examples.tgz" },
    { kind: "files", heldOut: "ptb.char.test.txt" },
    { figure: "1.175 bits", of: "AWD-LSTM 3×1000", source: "arXiv 1803.08240" },
  ),
  elsewhere(
    "text8-lstm",
    { title: "text8", file: "text8", from: "mattmahoney.net/dc/text8.zip" },
    { kind: "first", train: 90e6, heldOut: 5e6 },
    { figure: "1.27 bits", of: "multiplicative LSTM", source: "arXiv 1609.07959" },
    "--tokenizer byte",
  ),
  elsewhere(
    "enwik8-lstm",
    { title: "enwik8", file: "enwik8", from: "mattmahoney.net/dc/enwik8.zip" },
    { kind: "first", train: 90e6, heldOut: 5e6 },
    { figure: "1.232 bits", of: "AWD-LSTM, 47 M", source: "arXiv 1803.08240" },
    "--tokenizer byte",
  ),
  elsewhere(
    "wikitext2-lstm",
    { title: "WikiText-2, as characters", file: "wiki.train.tokens", from: "Salesforce's WikiText" },
    { kind: "files", heldOut: "wiki.test.tokens" },
    { figure: "65.6 a word", of: "AWD-LSTM, 33 M", source: "salesforce/awd-lstm-lm, README" },
  ),
];
