/**
 * Models of other frameworks: their files made into refrain's layers, and refrain's models into files of theirs. An entry of
 * its own, so that an app which needs neither has nothing of what reads and writes them.
 *
 * @example There and back
 * ```ts
 * import { openDevice, RNN, RNNModel } from "@refrain/refrain";
 * import { exportModel, importModel } from "@refrain/refrain/exchange";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * const bytes = await exportModel(model, { to: "keras" });
 * const { framework } = await importModel({ "model.keras": bytes }, device);
 * assertEquals(framework, "keras");
 * ```
 *
 * @module
 */
export {
  type ExportFormat,
  exportModel,
  type ExportOptions,
  type OnnxForm,
} from "./exchange/export_model.ts";
export {
  type Framework,
  type ImportedModel,
  type ImportFiles,
  importModel,
  type ImportOptions,
} from "./exchange/import_model.ts";
