/**
 * refrain: recurrent neural networks for Deno. RNN, GRU and LSTM language models that train and generate on WebGPU, and
 * on WebAssembly with SIMD and threads where no GPU is present.
 *
 * As a program, `deno run -P=train mod.ts train` trains on the built-in corpus; `--help` lists the commands.
 *
 * @example The tutorial, in short
 * ```ts
 * import { Corpus, openDevice, predict, RNN, RNNModel, train } from "@refrain/refrain";
 *
 * using device = await openDevice("wasm");
 * const corpus = Corpus.fromText("火车开了 我们只是暂时分开 ".repeat(4));
 * const rnn = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 32, seed: 0 });
 * const model = new RNNModel(rnn, corpus.vocabulary.size);
 * const options = { epochs: 10, batchSize: 2, numSteps: 5, learningRate: 1e-2, clipGradNorm: 1e-2 };
 * for await (const { epoch, perplexity } of train(model, corpus, options)) console.log(epoch, perplexity);
 * console.log(await predict(model, corpus.vocabulary, "火车", 10));
 * ```
 *
 * @module
 */
export {
  type Batch,
  type BatchOptions,
  consecutiveBatches,
  randomBatches,
  type RandomBatchOptions,
} from "./src/data/batches.ts";
export {
  type ElementsOf,
  type PaddedBatch,
  paddedBatches,
  type PaddedBatchOptions,
  type SequenceColumn,
  type Sequences,
} from "./src/data/padded_batches.ts";
export type { BatchArray, ShapedArray } from "./src/data/shaped_array.ts";
export { parseSeries, type Series, type SeriesOptions, type SeriesTime } from "./src/data/series.ts";
export { Standardizer } from "./src/data/standardizer.ts";
export { type WindowBatch, type WindowOptions, windows, type WindowSizes } from "./src/data/windows.ts";
export type { Chunks } from "./src/data/chunks.ts";
export { Corpus, type SplitOptions } from "./src/data/corpus.ts";
export type { CorpusOptions, StreamOptions, TextCounts } from "./src/data/corpus_options.ts";
export { decodeText } from "./src/data/encoding.ts";
export type { LineBreakCounts, Newlines } from "./src/data/line_breaks.ts";
export type { TokenDecoder, TokenKind } from "./src/data/tokens.ts";
export type { VocabularyJSON } from "./src/data/vocabulary_json.ts";
export type {
  TextVocabularyOptions,
  UnknownPolicy,
  VocabularyOptions,
} from "./src/data/vocabulary_options.ts";
export { Vocabulary } from "./src/data/vocabulary.ts";
export { LYRICS } from "./src/data/lyrics.ts";
export type { Ids } from "./src/ids.ts";
export {
  type Block,
  type Device,
  DeviceError,
  type DeviceInfo,
  type DeviceMemory,
} from "./src/device/device.ts";
export type { TracedCommand, TraceOptions } from "./src/device/trace.ts";
export type { WasmOptions } from "./src/device/wasm.ts";
export type { GateActivation, Kind } from "./src/layers/recurrent/cell.ts";
export { type DeviceName, type DeviceOptions, openDevice } from "./src/device/open_device.ts";
export type { DynamicOptions } from "./src/train/dynamic.ts";
export { evaluate, type EvaluateOptions, type Evaluation } from "./src/train/evaluate.ts";
export { fit } from "./src/train/fit.ts";
export type { ArrayBatch, BatchTensors, DTypeOf } from "./src/train/fit/batch.ts";
export type { Batches, FitOptions, FitProgress, FitReport, FitSetting } from "./src/train/fit/options.ts";
export { score, type ScoreOptions, type TokenScore } from "./src/train/score.ts";
export {
  generate,
  type Generated,
  type GenerateOptions,
  predict,
  type PredictOptions,
} from "./src/generate.ts";
export { forecast, type ForecastOptions } from "./src/generate/forecast.ts";
export { gelu, type GeluOptions, relu, sigmoid, tanh } from "./src/layers/activations.ts";
export { type CellOptions, GRUCell, LSTMCell, RecurrentCell, RNNCell } from "./src/layers/cells.ts";
export { add, multiply } from "./src/layers/combine.ts";
export { concatenate, type ConcatenateOptions } from "./src/layers/concatenate.ts";
export { Dropout, type DropoutOptions } from "./src/layers/dropout.ts";
export { Embedding, type EmbeddingOptions } from "./src/layers/embedding.ts";
export { Dense, type DenseOptions } from "./src/layers/dense.ts";
export { GRU } from "./src/layers/gru.ts";
export { lastState } from "./src/layers/last_state.ts";
export { LayerNorm, type LayerNormOptions } from "./src/layers/layer_norm.ts";
export { LSTM } from "./src/layers/lstm.ts";
export { oneHot } from "./src/layers/one_hot.ts";
export { Recurrent } from "./src/layers/recurrent.ts";
export type {
  GRUOptions,
  LSTMOptions,
  RecurrentOptions,
  RecurrentSettings,
  RNNOptions,
} from "./src/layers/recurrent/options.ts";
export type { State } from "./src/layers/recurrent/arguments.ts";
export type { Lengths } from "./src/layers/recurrent/lengths.ts";
export type { Carried, Place } from "./src/layers/recurrent/carried.ts";
export { lastStep, maxPool, meanPool, type PoolOptions } from "./src/layers/pools.ts";
export { RNN } from "./src/layers/rnn.ts";
export { Sequential, type SequentialPart } from "./src/layers/sequential.ts";
export { binaryCrossEntropyWithLogits } from "./src/losses/binary_cross_entropy.ts";
export { accuracy, argmax, type Measured } from "./src/losses/accuracy.ts";
export { crossEntropy, type CrossEntropyOptions, perplexity } from "./src/losses/cross_entropy.ts";
export { huber } from "./src/losses/huber.ts";
export { meanSquaredError } from "./src/losses/mean_squared_error.ts";
export type { Reduction } from "./src/losses/reduction.ts";
export type { Weights } from "./src/losses/weights.ts";
export {
  decodeModel,
  encodeModel,
  load,
  type LoadedModel,
  save,
  type SaveOptions,
} from "./src/exchange/model_file.ts";
export { type LoadedForecaster, loadForecaster, saveForecaster } from "./src/exchange/series_file.ts";
export { quantize, type QuantizeOptions } from "./src/exchange/quantize.ts";
export type { WeightType } from "./src/exchange/weight_types.ts";
export type { Origin } from "./src/files/origin.ts";
export type { LoadOptions } from "./src/exchange/read_model.ts";
export type { Suppositions } from "./src/exchange/pytorch.ts";
export { Forecaster, type ForecasterOptions } from "./src/model/forecaster.ts";
export { RNNModel, type RNNModelOptions } from "./src/model.ts";
export {
  type FeatureName,
  inspect,
  type InspectedUnit,
  type Inspection,
  type InspectOptions,
  type TextFeature,
  type UnitMatch,
} from "./src/inspect.ts";
export { NGram, type NGramOptions } from "./src/ngram.ts";
export { Adam, type AdamOptions } from "./src/optimizers/adam.ts";
export { AdamW } from "./src/optimizers/adamw.ts";
export { clipGradNorm, type Health, health } from "./src/optimizers/clip_grad_norm.ts";
export type { MomentsState } from "./src/optimizers/moments.ts";
export { Optimizer, type OptimizerState } from "./src/optimizers/optimizer.ts";
export { RMSprop, type RMSpropOptions } from "./src/optimizers/rmsprop.ts";
export { Schedule, type ScheduleOptions, type ScheduleState } from "./src/optimizers/schedule.ts";
export { SGD, type SGDOptions } from "./src/optimizers/sgd.ts";
export { Report, report, type ReportedRun } from "./src/report.ts";
export type { Int8Matrix, Int8Weights } from "./src/tensors/int8.ts";
export { type HostTensor, Module, type StateDict } from "./src/tensors/module.ts";
export { Parameter } from "./src/tensors/parameters.ts";
export { Tape } from "./src/tensors/tape.ts";
export type { BatchPart } from "./src/tensors/tape_builder.ts";
export { type DataOf, type DType, Tensor } from "./src/tensors/tensor.ts";
export type { LogEvery } from "./src/train/log_every.ts";
export type { TrainingLoop } from "./src/train/loop.ts";
export type { LossSum, MeanLossState } from "./src/train/mean_loss.ts";
export type { Ranks } from "./src/train/ranks.ts";
export type { ReportsState } from "./src/train/reports.ts";
export type { TrainingSetting, TrainingState } from "./src/train/state.ts";
export type { StepState } from "./src/train/watched_step.ts";
export { Training } from "./src/train/training.ts";
export {
  type LoopOptions,
  train,
  type TrainOptions,
  type TrainProgress,
  type TrainReport,
  type TrainSchedule,
  type ValidationProgress,
} from "./src/train.ts";

// A bundle that this file is a part of may be main as well: its name is another.
if (import.meta.main && import.meta.url.endsWith("/mod.ts")) {
  const { main } = await import(/* @vite-ignore */ /* webpackIgnore: true */ "./src/cli/main.ts");
  Deno.exitCode = await main(Deno.args);
}
