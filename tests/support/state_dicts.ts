/**
 * State dicts as files may hold them, and a device that must not be touched while they are checked.
 *
 * @module
 */
import { type Device, type StateDict, Vocabulary } from "../../mod.ts";

/** V tokens. */
export const VOCABULARY: Vocabulary = Vocabulary.fromText("abcdefghijklm");
/** The vocabulary's size. */
export const V = VOCABULARY.size;
/** Units of a layer; both are primes. */
export const H = 11;

/** A device that nothing may be allocated on. */
export const UNTOUCHED = new Proxy({}, {
  get: (_, name) => {
    throw new Error(`the device was touched: ${String(name)}`);
  },
}) as Device;

/** A tensor of zeros. */
export const zeros = (...shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** A bare GRU, but for what is given; undefined takes a tensor away. */
export function gru(parts: Record<string, ReturnType<typeof zeros> | undefined> = {}): StateDict {
  const all: Record<string, ReturnType<typeof zeros> | undefined> = {
    "rnn.weight_ih_l0": zeros(3 * H, V),
    "rnn.weight_hh_l0": zeros(3 * H, H),
    "rnn.bias_ih_l0": zeros(3 * H),
    "rnn.bias_hh_l0": zeros(3 * H),
    "dense.weight": zeros(V, H),
    "dense.bias": zeros(V),
    ...parts,
  };
  return Object.fromEntries(Object.entries(all).filter(([, tensor]) => tensor)) as StateDict;
}
