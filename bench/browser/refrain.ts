/** refrain in a worker of a browser: see serve.ts. @module */
import { type DeviceName, openDevice } from "../../src/device/open_device.ts";
import { decodeModel } from "../../src/exchange/model_file.ts";
import { startGeneration, startTraining } from "../peers/refrain_units.ts";
import { serve } from "./serve.ts";

serve(async (settings, bytes) => {
  const { workload, device: name, threads } = settings;
  const device = await openDevice(name as DeviceName, name === "wasm" ? { threads } : {});
  const { model, vocabulary } = await decodeModel(bytes, device);
  const version = `refrain on ${device.info.description}`;
  return workload.kind === "training"
    ? { version, ...await startTraining({ ...settings, model, workload }) }
    : { version, ...await startGeneration({ model, vocabulary, workload }) };
});
