/**
 * The flags that say what is trained, and how: a part of the table in flags.ts. Names are PyTorch's where it has one.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";
import { MODELS } from "./flags_device.ts";

/** Headings, names and rows. */
export const TRAINING = {
  Model: {
    "resume": {
      kind: "text",
      value: "RUN",
      train: null,
      operand: ["train"],
      folder: true,
      advice: "go on with a run that was stopped, with its own flags: its folder, or its name under runs/",
    },
    "init-from": {
      kind: "text",
      value: "RUN",
      train: null,
      advice: "begin with the weights, sizes and vocabulary of a run or a model file",
    },
    "preset": {
      kind: "choice",
      choices: ["tutorial", "auto"],
      train: null,
      advice: "what flags have that are not given: the defaults told here, or what suits the text",
      otherwise: "auto with --corpus, else tutorial",
    },
    "cell": {
      kind: "choice",
      choices: ["rnn", "gru", "lstm"],
      train: "rnn",
      profile: "rnn",
      advice: "the recurrent layer",
    },
    "hidden-size": {
      ...RANGES.count,
      to: 16384,
      train: 256,
      profile: 256,
      advice: "size of the state",
    },
    "num-layers": {
      ...RANGES.count,
      to: 128,
      train: 1,
      profile: 1,
      advice: "layers, one on top of the other",
    },
    "nonlinearity": {
      kind: "choice",
      choices: ["tanh", "relu"],
      train: "tanh",
      profile: "tanh",
      ...MODELS,
      of: ["cell", "rnn"],
      advice: "activation of an RNN's state",
      otherwise: "that of the model file, tanh where it tells none",
    },
    "proj-size": {
      ...RANGES.amount,
      to: 16383,
      train: 0,
      profile: 0,
      of: ["cell", "lstm"],
      advice: "size to which the state is projected; 0 for no projection",
    },
    "no-bias": { kind: "switch", train: false, profile: false, advice: "recurrent layers without bias" },
    "embedding-size": {
      ...RANGES.amount,
      to: 16384,
      train: 0,
      profile: 0,
      advice: "size of an embedding of the tokens; 0 for one-hot vectors",
    },
    "tie-weights": {
      kind: "switch",
      train: false,
      profile: false,
      advice: "the output layer shares the embedding's weights",
    },
    "dropout": {
      ...RANGES.probability,
      train: 0,
      profile: 0,
      advice: "probability of zeroing an output between two layers",
    },
    "output-dropout": {
      ...RANGES.probability,
      train: 0,
      profile: 0,
      advice: "probability of zeroing an embedding, or an output of the last layer",
    },
    "initialization": {
      kind: "choice",
      choices: ["uniform", "orthogonal"],
      train: "uniform",
      profile: "uniform",
      advice: "how the weights from state to state begin",
    },
    "forget-bias": {
      ...RANGES.number,
      train: null,
      profile: null,
      of: ["cell", "lstm"],
      advice: "what the forget gate's bias begins with",
      otherwise: "drawn as all biases",
    },
  },
  Training: {
    "epochs": { ...RANGES.count, train: 250, advice: "passes over the corpus" },
    "patience": {
      ...RANGES.count,
      train: null,
      advice:
        "reports at ends of epochs without a better loss, of the validation where there is one, that end the training",
      otherwise: "all epochs are run",
    },
    "time-budget": {
      kind: "duration",
      train: null,
      passing: true,
      advice: "time after which the training is saved and ends",
      otherwise: "none",
    },
    "stop-after": {
      ...RANGES.count,
      train: null,
      passing: true,
      advice: "steps, from the run's beginning, after which the training is saved and ends",
      otherwise: "none",
    },
    "optimizer": {
      kind: "choice",
      choices: ["adam", "adamw", "sgd", "rmsprop"],
      train: "adam",
      advice: "what turns gradients into steps",
    },
    "learning-rate": {
      ...RANGES.positive,
      train: 1e-3,
      evaluate: null,
      advice: {
        train: "of any optimizer, and of any schedule the base",
        evaluate: "with --dynamic: of its SGD",
      },
      otherwise: "0.1",
    },
    "weight-decay": {
      ...RANGES.rate,
      train: null,
      advice: "decay of the weights; of adamw decoupled from the gradients",
      otherwise: "0.01 of adamw, 0 of the others",
    },
    "momentum": {
      ...RANGES.rate,
      train: 0,
      of: ["optimizer", "sgd", "rmsprop"],
      advice: "share of the step before",
    },
    "nesterov": {
      kind: "switch",
      train: false,
      of: ["optimizer", "sgd"],
      advice: "Nesterov's momentum",
    },
    "clip-grad-norm": {
      ...RANGES.rate,
      train: 1e-2,
      profile: 1e-2,
      evaluate: null,
      advice: {
        evaluate: "with --dynamic: largest norm of the gradients",
        others: "largest norm of the gradients; 0 for no clipping",
      },
      otherwise: "1",
    },
    "schedule": {
      kind: "choice",
      choices: ["constant", "step", "exponential", "cosine", "plateau"],
      train: "constant",
      advice: "how the learning rate changes",
    },
    "schedule-unit": {
      kind: "choice",
      choices: ["epoch", "step"],
      train: "epoch",
      advice: "what the schedule counts",
    },
    "warm-up": {
      ...RANGES.amount,
      train: 0,
      advice: "epochs or steps of linear growth before the schedule begins",
    },
    "warm-up-start": {
      ...RANGES.probability,
      train: null,
      advice: "share of the learning rate with which --warm-up begins",
      otherwise: "1/3",
    },
    "step-size": {
      ...RANGES.count,
      train: null,
      of: ["schedule", "step"],
      advice: "epochs or steps from one --gamma to the next",
    },
    "gamma": {
      ...RANGES.positive,
      train: null,
      of: ["schedule", "step", "exponential"],
      advice: "factor of the learning rate",
      otherwise: "0.1 of step; exponential needs one",
    },
    "t-max": {
      ...RANGES.count,
      train: null,
      of: ["schedule", "cosine"],
      advice: "epochs or steps from the learning rate to the smallest",
      otherwise: "all behind the warm-up",
    },
    "min-learning-rate": {
      ...RANGES.rate,
      train: 0,
      of: ["schedule", "cosine", "plateau"],
      advice: "the smallest",
    },
    "factor": {
      ...RANGES.rate,
      below: 1,
      train: 0.1,
      of: ["schedule", "plateau"],
      advice: "of the learning rate, when the loss stays",
    },
    "plateau-patience": {
      ...RANGES.amount,
      train: 10,
      of: ["schedule", "plateau"],
      advice: "epochs without a better loss that are let pass",
    },
    "threshold": {
      ...RANGES.rate,
      train: 1e-4,
      of: ["schedule", "plateau"],
      advice: "by what share a loss must be better",
    },
    "cooldown": {
      ...RANGES.amount,
      train: 0,
      of: ["schedule", "plateau"],
      advice: "epochs after a change that do not count",
    },
  },
} as const;
