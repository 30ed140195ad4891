/**
 * What others call things: PyTorch's word language model, char-rnn, torch-rnn, textgenrnn, nanoGPT, the scripts of Hugging
 * Face. None of these words is accepted; whoever writes one is told what it is called here.
 *
 * @module
 */

/** Flags, and a value of one, by the words for them: in small letters, with hyphens. The first that a command has is meant. */
const FLAG_WORDS: readonly (readonly [meant: string, words: string])[] = [
  ["model", "m checkpoint ckpt checkpoint-file checkpoint-path load weights run run-dir model-path"],
  ["model", "model-name-or-path load-model model-file"],
  ["resume", "r model resume-from resume-from-checkpoint continue run checkpoint ckpt load"],
  ["init-from", "start-from pretrained weights load-weights model-name-or-path from"],
  ["cell", "model model-type rnn-type cell-type arch architecture m"],
  ["cell rnn", "rnn vanilla"],
  ["cell gru", "gru"],
  ["cell lstm", "lstm"],
  [
    "corpus",
    "c f i data data-dir data-path data-file dataset file files file-path input input-file input-h5",
  ],
  [
    "corpus",
    "input-txt train-file train-data text text-file texts textfile txt infile path train validation-file",
  ],
  ["text", "t string sentence input"],
  ["max-chars", "max-characters max-train-samples train-size limit"],
  ["newlines", "line-breaks newline"],
  ["tokenizer", "tokens level tokenizer-name token"],
  ["tokenizer word", "word-level words word"],
  ["tokenizer byte", "byte-level bytes byte"],
  ["min-count", "min-freq min-frequency"],
  ["max-vocabulary", "vocab-size vocabulary-size max-words max-vocab"],
  ["vocabulary", "vocab vocab-file vocab-path"],
  ["unknown", "unk oov"],
  [
    "validation-split",
    "val-frac val-split validation-split-percentage validation-fraction val-size test-split",
  ],
  ["validation-split", "validation val valid validate holdout dev"],
  ["batch-size", "b bs batch batches per-device-train-batch-size minibatch minibatch-size"],
  ["rows", "batch batch-size eval-batch-size per-device-eval-batch-size"],
  [
    "num-steps",
    "bptt seq-len seq-length sequence-length block-size context context-length window time-steps",
  ],
  ["num-steps", "max-length timesteps steps unroll tbptt seqlen"],
  ["windows", "block-size context window bptt seq-len seq-length"],
  ["accumulate-steps", "gradient-accumulation-steps grad-accumulation accumulate accumulation-steps"],
  ["hidden-size", "hidden nhid rnn-size n-hidden num-hidden num-hiddens hidden-dim hidden-units units size"],
  ["num-layers", "layers nlayers n-layer n-layers rnn-layers depth"],
  [
    "embedding-size",
    "emsize embedding embed wordvec-size dim-embeddings n-embd emb-size embedding-dim embed-dim",
  ],
  ["tie-weights", "tied tie weight-tying tie-embeddings"],
  ["no-bias", "bias"],
  ["dropout", "drop dropout-rate dropout-p"],
  ["epochs", "e n epoch num-epochs n-epochs max-epochs num-train-epochs iterations"],
  ["stop-after", "steps max-iters max-steps max-iter num-iters iters"],
  ["time-budget", "time max-time timeout minutes duration"],
  ["patience", "early-stopping early-stopping-patience"],
  ["optimizer", "optim solver optimiser"],
  ["learning-rate", "lr alpha eta step-size base-lr rate"],
  ["weight-decay", "wd l2 decay"],
  ["clip-grad-norm", "clip grad-clip max-grad-norm clip-norm gradient-clipping clipping gradient-clip"],
  ["schedule", "lr-scheduler lr-scheduler-type scheduler lr-schedule decay-lr lr-decay"],
  ["warm-up", "warmup warmup-steps warmup-iters warmup-ratio warmup-epochs"],
  ["min-learning-rate", "min-lr"],
  ["gamma", "lr-decay learning-rate-decay lr-decay-factor decay-rate"],
  ["step-size", "lr-decay-every learning-rate-decay-after"],
  ["t-max", "lr-decay-iters"],
  ["prefix", "p prompt prompts start start-text primetext prime seed-text begin beginning text input"],
  ["prefix-file", "prompt-file start-file f"],
  [
    "length",
    "l n len max-length max-new-tokens max-gen-length words num-tokens tokens characters chars num-chars",
  ],
  ["count", "n c num-samples num-return-sequences samples number times"],
  ["temperature", "t temp temperatures"],
  ["top-k", "k topk"],
  ["top-p", "topp nucleus"],
  ["temperature 0", "greedy argmax"],
  ["stop", "stop-token stop-string stop-sequence eos end until"],
  ["log-every", "log-interval print-every logging-steps eval-interval eval-steps report-every verbose log"],
  ["log-every", "eval-val-every"],
  ["save-every", "save-steps checkpoint-every save-interval checkpoint-interval"],
  ["out", "o output output-dir out-dir outdir save save-dir checkpoint-dir dir outf name run-name savefile"],
  ["overwrite", "overwrite-output-dir force new-model"],
  ["device", "d accel accelerator backend gpu-backend"],
  ["device webgpu", "g gpu gpuid gpu-id cuda mps opencl"],
  ["device wasm", "cpu no-cuda no-gpu"],
  ["random", "n-trials num-trials trials samples"],
  ["workers", "j jobs n-jobs parallel processes"],
  ["threads", "j num-threads n-threads num-workers workers cores jobs"],
  ["seed", "s random-seed random-state"],
  ["json", "as-json format output-format"],
  ["quiet", "q silent"],
  ["debug", "stack traceback"],
  ["remove", "rm delete del"],
  ["yes", "y force"],
  ["help", "h usage"],
];

/** Commands, and what stands in the place of one, by the words for them. */
const COMMAND_WORDS: readonly (readonly [meant: string, words: string])[] = [
  ["train", "fit learn resume continue finetune fine-tune start run"],
  ["sweep", "search tune grid grid-search random-search hyperparameters hpo trials"],
  ["generate", "sample predict gen write complete infer inference chat sampling"],
  ["forecast", "extrapolate prognosis future"],
  ["evaluate", "eval test validate perplexity ppl measure"],
  ["score", "surprise surprisal likelihood"],
  ["inspect", "interpret explain units neurons activations visualize"],
  ["runs", "list ls rm remove delete models"],
  ["info", "devices device show about status"],
  ["verify", "check selftest self-test doctor"],
  ["profile", "bench benchmark time timing"],
  ["completions", "completion complete-shell autocomplete"],
  ["help", "man usage commands -? /?"],
  ["--version", "version -v ver --ver"],
];

/**
 * What may be meant by a word that is no flag.
 *
 * @param word The word, without hyphens before it.
 * @returns Names of flags, some with a value behind them, the likeliest first.
 */
export function flagsMeantBy(word: string): string[] {
  return meantBy(word, FLAG_WORDS);
}

/**
 * What may be meant by a word that is no command.
 *
 * @param word The word.
 * @returns Names of commands, "help" and "--version" among them.
 */
export function commandsMeantBy(word: string): string[] {
  return meantBy(word, COMMAND_WORDS);
}

function meantBy(word: string, table: typeof FLAG_WORDS): string[] {
  const plain = word.toLowerCase().replaceAll("_", "-");
  return table.filter(([, words]) => words.split(" ").includes(plain)).map(([meant]) => meant);
}

/** The tables, for a test that holds what is meant to what there is. */
export const SYNONYMS = { flags: FLAG_WORDS, commands: COMMAND_WORDS } as const;
