/** What others call flags and commands: it is never taken, and whoever writes it is told what it is called here. @module */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type CommandName, flagsOf } from "../../src/cli/flags.ts";
import { COMMANDS } from "../../src/cli/help.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { SYNONYMS } from "../../src/cli/synonyms.ts";
import { explained } from "../../src/cli/unknown_flag.ts";
import { UnknownFlagError, UsageError } from "../../src/cli/usage_error.ts";
import { refrain } from "./spawn.ts";

const NAMES = Object.keys(COMMANDS) as CommandName[];

function said(command: CommandName, ...args: string[]): string {
  const error = assertThrows(() => parseFlags(command, args), UsageError);
  return (error instanceof UnknownFlagError ? explained(error) : error).message;
}

Deno.test("every flag that is meant is there, with its value, and every word is another than its name", () => {
  for (const [meant, words] of SYNONYMS.flags) {
    const [name, value] = meant.split(" ");
    const rows = NAMES.flatMap(flagsOf).filter(([, known]) => known === name);
    assertEquals(rows.length > 0, true, meant);
    const taken = rows.filter(([, , { choices, kind }]) =>
      value === undefined || (choices?.includes(value) ?? kind === "number")
    );
    assertEquals(taken.length > 0, true, meant);
    const list = words.split(" ");
    assertEquals(new Set(list).size, list.length, meant);
    assertEquals(list.includes(name!), false, meant);
    assertEquals(list.filter((word) => !/^[a-z0-9][a-z0-9-]*$/.test(word)), [], meant);
  }
  const commands = [...NAMES, "help", "--version"];
  assertEquals(SYNONYMS.commands.filter(([meant]) => !commands.includes(meant)), []);
  const words = SYNONYMS.commands.flatMap(([, words]) => words.split(" "));
  assertEquals(words.filter((word, i) => commands.includes(word) || words.indexOf(word) !== i), []);
});

Deno.test("no word is taken for a flag, in any way of writing it", () => {
  for (const command of NAMES) {
    const names = flagsOf(command).map(([, name]) => name);
    for (const word of SYNONYMS.flags.flatMap(([, words]) => words.split(" "))) {
      if (names.includes(word) || (command === "verify" && word === "run")) continue;
      for (const flag of [`--${word}`, `-${word}`, `--${word.replaceAll("-", "_").toUpperCase()}=1`]) {
        assertMatch(said(command, flag), /^(Unknown flag |Cannot use "[^"]+" with evaluate: )/);
      }
    }
  }
});

/** Commands, flags, and what is meant: of PyTorch's example, char-rnn, torch-rnn, textgenrnn, nanoGPT, Hugging Face. */
const CASES: readonly [command: CommandName, flags: string, meant: string][] = [
  ["train", "--lr --LR --base_lr", '"--learning-rate"'],
  ["train", "--hidden --nhid --rnn_size --n_hidden", '"--hidden-size"'],
  ["train", "--batch --bs --batch_size -b --per_device_train_batch_size", '"--batch-size"'],
  ["train", "--layers --nlayers --n_layer --rnn_layers", '"--num-layers"'],
  ["train", "--epoch --max_epochs --num_train_epochs -e", '"--epochs"'],
  ["train", "--bptt --seq-len --seq_length --block_size", '"--num-steps"'],
  ["train", "--emsize --n_embd --wordvec_size --dim_embeddings", '"--embedding-size"'],
  ["train", "--tied", '"--tie-weights"'],
  ["train", "--clip --grad_clip --max_grad_norm", '"--clip-grad-norm"'],
  ["train", "-f", '"--corpus" or "--prefix-file"'],
  ["train", "--data --file --dataset --train_file --input_h5 --data_dir -c", '"--corpus"'],
  ["train", "--input", '"--corpus" or "--prefix"'],
  ["train", "--resume-from --resume_from_checkpoint --continue -r", '"--resume"'],
  ["train", "--model", '"--resume" or "--cell"'],
  ["train", "--rnn_type --model_type", '"--cell"'],
  ["train", "--lstm", '"--cell lstm"'],
  ["train", "--gpu --cuda --gpuid -g", '"--device webgpu"'],
  ["train", "--no_cuda --cpu", '"--device wasm"'],
  ["train", "--log-interval --print_every --logging_steps", '"--log-every"'],
  ["train", "--out_dir --output_dir --save --checkpoint_dir -o", '"--out"'],
  ["train", "--gradient_accumulation_steps", '"--accumulate-steps"'],
  ["train", "--val_frac --validation_split_percentage", '"--validation-split"'],
  ["train", "--max_iters --max-steps", '"--stop-after"'],
  ["train", "--word_level", '"--tokenizer word"'],
  ["train", "-n", '"--epochs" or "--length"'],
  ["generate", "--prompt --start_text --primetext -p", '"--prefix"'],
  ["generate", "--top_k -k", '"--top-k"'],
  ["generate", "--temp -t", '"--temperature"'],
  ["generate", "--max_new_tokens --words -l", '"--length"'],
  ["generate", "--num_samples --num_return_sequences -c", '"--count"'],
  ["generate", "-n", '"--length" or "--count"'],
  ["generate", "--checkpoint --model_name_or_path --run -m", '"--model"'],
  ["generate", "--argmax --greedy", '"--temperature 0"'],
  ["generate", "-q --silent", '"--quiet"'],
  ["evaluate", "--data --input -i", '"--corpus"'],
  ["score", "--string", '"--text"'],
  ["runs", "--delete --rm", '"--remove"'],
  ["runs", "-y --force", '"--yes"'],
  ["verify", "--checkpoint", '"--model"'],
];

Deno.test("who writes another's word is told in a sentence what it is called here", () => {
  for (const [command, flags, meant] of CASES) {
    for (const flag of flags.split(" ")) {
      assertEquals(said(command, flag, "1"), `Unknown flag "${flag}": did you mean ${meant}?`);
    }
  }
  assertEquals(
    said("generate", "--lr", "1"),
    'Unknown flag "--lr" of generate: "--learning-rate" is one of train',
  );
  assertEquals(said("info", "-z"), 'Unknown flag "-z": see "info --help"');
});

Deno.test("who writes another's command is told, too", async () => {
  const cases: [word: string, meant: string][] = [
    ["sample", "generate"],
    ["eval", "evaluate"],
    ["test", "evaluate"],
    ["list", "runs"],
    ["ls", "runs"],
    ["hlep", "help"],
    ["fit", "train"],
    ["version", "--version"],
  ];
  for (const [word, meant] of cases) {
    const { code, stderr } = await refrain([word], { cwd: "." });
    assertEquals([code, stderr], [2, `error: Unknown command "${word}": did you mean "${meant}"?\n`]);
  }
  const { stderr } = await refrain(["-v"], { cwd: "." });
  assertEquals(stderr, 'error: Cannot find a command before "-v": did you mean "--version"?\n');
});
