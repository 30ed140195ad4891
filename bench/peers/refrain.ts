/**
 * refrain itself, timed as its peers are, with what its users call: train() and generate(). See protocol.ts.
 *
 * @module
 */
import { type DeviceName, openDevice } from "../../src/device/open_device.ts";
import { load } from "../../src/exchange/model_file.ts";
import { type Ready, serve, type Settings } from "./protocol.ts";
import { startGeneration, startTraining } from "./refrain_units.ts";

await serve(async (settings: Settings): Promise<Ready> => {
  const { workload, threads, path } = settings;
  const device = await openDevice(settings.device as DeviceName, { threads });
  addEventListener("unload", () => device[Symbol.dispose]());
  const { model, vocabulary } = await load(path, device);
  const version = `refrain on ${device.info.description}`;
  return workload.kind === "training"
    ? { version, ...await startTraining({ ...settings, model, workload }) }
    : { version, ...await startGeneration({ model, vocabulary, workload }) };
});
Deno.exit();
