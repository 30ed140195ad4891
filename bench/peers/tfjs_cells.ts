/**
 * RNN, GRU and LSTM over time in TensorFlow.js, forward and backward by hand: its own gradients record every operation,
 * and its products with a transposed matrix do without XNNPACK, so matrices are transposed first. What does not depend
 * on the step before is computed for all steps at once.
 *
 * Rows of (T·B, ·) are time-major; weight_hh is held transposed, (H, G·H), biases (G·H).
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- types would load the package whenever the project is checked
type Tensor = any;

/** What a layer did. */
export interface Pass {
  /** (T·B, H) */
  output: Tensor;
  /** The states after the last step: h, and c of an LSTM, each (B, H). */
  finals: Tensor[];
  /** Gradients of the gates' input part and of their hidden part, both (T·B, G·H), from that of the output. */
  backward(dOutput: Tensor): { dInput: Tensor; dHidden: Tensor };
  /** h of the step before each, (T·B, H). */
  previous: Tensor;
}

/** A layer over all steps, from the gates' input part (T·B, G·H), in which bias_ih is. */
export type Recurrence = (
  tf: any,
  given: { input: Tensor; states: Tensor[]; weightHh: Tensor; biasHh: Tensor; steps: number },
) => Pass;

const reversed = (steps: number): number[] => Array.from({ length: steps }, (_, t) => steps - 1 - t);

/** h = tanh(x + W h + b) */
const rnn: Recurrence = (tf, { input, states: [h0], weightHh, biasHh, steps }) => {
  const x = tf.split(tf.add(input, biasHh), steps);
  const h: Tensor[] = [h0];
  for (let t = 0; t < steps; t++) h.push(tf.tanh(tf.add(x[t], tf.matMul(h[t], weightHh))));
  const output = tf.concat(h.slice(1));
  return {
    output,
    finals: [h[steps]],
    previous: tf.concat(h.slice(0, -1)),
    backward(dOutput) {
      const dy = tf.split(dOutput, steps);
      const slopes = tf.split(tf.sub(1, tf.square(output)), steps);
      const weight = tf.transpose(weightHh);
      const dx: Tensor[] = [];
      let dh: Tensor;
      for (const t of reversed(steps)) {
        dx[t] = tf.mul(dh ? tf.add(dy[t], dh) : dy[t], slopes[t]);
        if (t > 0) dh = tf.matMul(dx[t], weight);
      }
      const dInput = tf.concat(dx);
      return { dInput, dHidden: dInput };
    },
  };
};

/** r, z = σ(x + W h + b), n = tanh(x + r (W h + b)), h' = n + z (h - n) */
const gru: Recurrence = (tf, { input, states: [h0], weightHh, biasHh, steps }) => {
  const x = tf.split(input, steps);
  const h: Tensor[] = [h0];
  const H = h0.shape[1];
  const kept: Record<"r" | "z" | "n" | "hidden", Tensor[]> = { r: [], z: [], n: [], hidden: [] };
  for (let t = 0; t < steps; t++) {
    const w = tf.add(tf.matMul(h[t], weightHh), biasHh);
    const [xrz, xn] = tf.split(x[t], [2 * H, H], 1);
    const [wrz, wn] = tf.split(w, [2 * H, H], 1);
    const [r, z] = tf.split(tf.sigmoid(tf.add(xrz, wrz)), 2, 1);
    const n = tf.tanh(tf.add(xn, tf.mul(r, wn)));
    h.push(tf.add(n, tf.mul(z, tf.sub(h[t], n))));
    for (const [name, value] of Object.entries({ r, z, n, hidden: wn })) kept[name as "r"].push(value);
  }
  const previous = tf.concat(h.slice(0, -1));
  return {
    output: tf.concat(h.slice(1)),
    finals: [h[steps]],
    previous,
    backward(dOutput) {
      const [r, z, n, hidden] = [kept.r, kept.z, kept.n, kept.hidden].map((values) => tf.concat(values));
      const oneMinus = (value: Tensor): Tensor => tf.sub(1, value);
      const split = (v: Tensor) => tf.split(v, steps);
      const factorR = split(tf.mul(hidden, tf.mul(r, oneMinus(r))));
      const factorZ = split(tf.mul(tf.sub(previous, n), tf.mul(z, oneMinus(z))));
      const factorN = split(tf.mul(oneMinus(z), oneMinus(tf.square(n))));
      const dy = split(dOutput);
      const weight = tf.transpose(weightHh);
      const dInput: Tensor[] = [];
      const dHidden: Tensor[] = [];
      let carried: Tensor;
      for (const t of reversed(steps)) {
        const dh = carried ? tf.add(dy[t], carried) : dy[t];
        const dz = tf.mul(dh, factorZ[t]);
        const dn = tf.mul(dh, factorN[t]);
        const dr = tf.mul(dn, factorR[t]);
        dInput[t] = tf.concat([dr, dz, dn], 1);
        dHidden[t] = tf.concat([dr, dz, tf.mul(dn, kept.r[t])], 1);
        if (t > 0) carried = tf.add(tf.mul(dh, kept.z[t]), tf.matMul(dHidden[t], weight));
      }
      return { dInput: tf.concat(dInput), dHidden: tf.concat(dHidden) };
    },
  };
};

/** i, f, o = σ(x + W h + b), g = tanh(x + W h + b), c' = f c + i g, h' = o tanh(c') */
const lstm: Recurrence = (tf, { input, states: [h0, c0], weightHh, biasHh, steps }) => {
  const x = tf.split(tf.add(input, biasHh), steps);
  const h: Tensor[] = [h0];
  const c: Tensor[] = [c0];
  const H = h0.shape[1];
  type Gates = "i" | "f" | "g" | "o" | "tanhC";
  const kept: Record<Gates, Tensor[]> = { i: [], f: [], g: [], o: [], tanhC: [] };
  for (let t = 0; t < steps; t++) {
    const [zif, zg, zo] = tf.split(tf.add(x[t], tf.matMul(h[t], weightHh)), [2 * H, H, H], 1);
    const [i, f] = tf.split(tf.sigmoid(zif), 2, 1);
    const g = tf.tanh(zg);
    const o = tf.sigmoid(zo);
    c.push(tf.add(tf.mul(f, c[t]), tf.mul(i, g)));
    const tanhC = tf.tanh(c[t + 1]);
    h.push(tf.mul(o, tanhC));
    for (const [name, value] of Object.entries({ i, f, g, o, tanhC })) kept[name as Gates].push(value);
  }
  return {
    output: tf.concat(h.slice(1)),
    finals: [h[steps], c[steps]],
    previous: tf.concat(h.slice(0, -1)),
    backward(dOutput) {
      const all = (values: Tensor[]): Tensor => tf.concat(values);
      const split = (v: Tensor) => tf.split(v, steps);
      const [i, f, g, o, tanhC] = [kept.i, kept.f, kept.g, kept.o, kept.tanhC].map(all);
      const slope = (gate: Tensor): Tensor => tf.mul(gate, tf.sub(1, gate));
      const factorI = split(tf.mul(g, slope(i)));
      const factorF = split(tf.mul(all(c.slice(0, -1)), slope(f)));
      const factorG = split(tf.mul(i, tf.sub(1, tf.square(g))));
      const factorO = split(tf.mul(tanhC, slope(o)));
      const cFromH = split(tf.mul(o, tf.sub(1, tf.square(tanhC))));
      const dy = split(dOutput);
      const weight = tf.transpose(weightHh);
      const dx: Tensor[] = [];
      let dhNext: Tensor;
      let dcNext: Tensor;
      for (const t of reversed(steps)) {
        const dh = dhNext ? tf.add(dy[t], dhNext) : dy[t];
        const fromH = tf.mul(dh, cFromH[t]);
        const dc = dcNext ? tf.add(dcNext, fromH) : fromH;
        const gates = [tf.mul(dc, factorI[t]), tf.mul(dc, factorF[t]), tf.mul(dc, factorG[t])];
        dx[t] = tf.concat([...gates, tf.mul(dh, factorO[t])], 1);
        if (t > 0) [dhNext, dcNext] = [tf.matMul(dx[t], weight), tf.mul(dc, kept.f[t])];
      }
      const dInput = tf.concat(dx);
      return { dInput, dHidden: dInput };
    },
  };
};

/** The recurrences by name. */
export const RECURRENCES: Readonly<Record<string, Recurrence>> = { rnn, gru, lstm };
