/**
 * Whether a device has room for the model of a file, by the file's header alone: a file may be larger than all memory.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { readStart } from "../files/atomic_file.ts";
import { fileSize } from "../files/paths.ts";
import { readHeader } from "../files/safetensors.ts";
import { type Header, isDtype, MAX_HEADER_BYTES } from "../files/safetensors_header.ts";
import { quote } from "../messages/quote.ts";
import { readConfig } from "../model/config.ts";
import { modelMaking } from "../model/demand.ts";
import { type Demand, storageDemand, times } from "../tensors/demand.ts";
import { checkRoom } from "../tensors/room.ts";
import { readMetadata } from "./metadata.ts";

/** Bytes of a file that is read without a look at its header: what it takes is found out soon enough. */
const SMALL = 2 ** 21;

/**
 * Checks that a device has room for the model of a file. A file that is no model is left to whoever reads it.
 *
 * @param path The file.
 * @param device The device.
 * @throws {DeviceError} If it has not.
 */
export async function checkFileRoom(path: string, device: Device): Promise<void> {
  const size = await fileSize(path);
  if (size < SMALL) return;
  const header = headerOf(await readStart(path, 8 + MAX_HEADER_BYTES), size);
  if (header) checkRoom(device, () => `load ${quote(path)}`, [demandOf(header)]);
}

function headerOf(start: Uint8Array, size: number): Header | undefined {
  try {
    return readHeader(start, size);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The model while it is made; of another program's file its weights, but for one that may be tied to another. */
function demandOf({ entries, metadata }: Header): Demand {
  const stated = statedIn(metadata);
  if (stated) return stated;
  const sizes = entries.filter(({ dtype }) => isDtype(dtype) || dtype === "I8").map(({ shape, length }) =>
    `${shape} ${length}`
  );
  const twice = sizes.filter((size, index) => sizes.indexOf(size) < index).map(wordsOf);
  const words = sizes.map(wordsOf).reduce((sum, length) => sum + length, 0);
  return times(2, storageDemand(words - Math.max(0, ...twice)));
}

function wordsOf(size: string): number {
  return Number(size.split(" ")[1]);
}

/** What refrain's own metadata say. */
function statedIn(metadata: Readonly<Record<string, string>>): Demand | undefined {
  try {
    const stated = readMetadata(metadata);
    return stated && modelMaking(readConfig(stated.config));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
