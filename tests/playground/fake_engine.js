// A worker that answers as the engine does, at once and always the same.
const open = {
  device: { device: "wasm", threads: 1, description: "WebAssembly", single: "isolated", noGpu: "absent" },
  facts: {
    kind: "lstm",
    hiddenSize: 256,
    numLayers: 2,
    parameters: 90123,
    vocabularySize: 40,
    tokens: "character",
    lines: false,
    first: "the",
  },
};
const EVIL = '<img src=x onerror="globalThis.hit=1">\u202e';
const stopped = new Set();
const paused = new Set();
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const answers = {
  open({ id, bytes }) {
    const text = new TextDecoder().decode(bytes);
    if (text.startsWith("broken")) return postMessage({ id, kind: "error", message: "Cannot read it" });
    const facts = { ...open.facts, hiddenSize: Number(text.match(/size (\d+)/)?.[1] ?? 256) };
    if (text.includes("lines")) Object.assign(facts, { lines: true, first: "" });
    postMessage({ id, kind: "opened", ...open, facts });
  },
  adopt: ({ id }) => postMessage({ id, kind: "opened", ...open }),
  save: ({ id }) => postMessage({ id, kind: "saved", bytes: new ArrayBuffer(8) }),
  stop: ({ target }) => stopped.add(target),
  pause: ({ target }) => paused.add(target),
  resume: ({ target }) => paused.delete(target),
  inspect: ({ id, text }) =>
    postMessage({
      id,
      kind: "inspected",
      inspection: {
        units: [1, 2, 3].map((unit) => ({
          unit,
          layer: 0,
          state: "c",
          feature: "quotes",
          correlation: 0.9 / unit,
          plain: 0.5,
          mean: 0,
          deviation: 1,
          excerpt: {
            position: 1,
            tokens: [...text, EVIL],
            activations: [...text, 0].map((_, i) => Math.sin(i / 3 * unit)),
          },
        })),
        features: [{
          name: "quotes",
          meaning: "",
          kind: "binary",
          mean: 0,
          times: 20,
          best: { layer: 0, unit: 1, state: "c", correlation: 0.9 },
        }, {
          name: "brackets",
          meaning: "",
          kind: "binary",
          mean: 0,
          times: 0,
          reason: "it never comes",
        }],
        tokens: 100,
        measured: "all of 100 characters read",
      },
      unknown: 2,
    }),
  async generate({ id, count = 1, length, prefix }) {
    for (let at = 0; at < length && !stopped.has(id); at++) {
      if (prefix.includes("late") && at === 10) await wait(500); // a stop is seen late
      for (let row = 0; row < count; row++) {
        const text = at === 5 ? EVIL : at % 40 === 39 ? "\n" : "the rain in spain "[at % 18];
        const logProbability = -(at * 7 % 60) / 10;
        const top = ["e", "a", "\n", EVIL].map((text, id) => ({ text, id, logProbability: -1 - id }));
        postMessage({ id, kind: "pieces", pieces: [{ text, id: 0, logProbability, row, top }] });
      }
      if (prefix.includes("slow")) await wait(20);
      else if (at % 20 === 0) await wait(0);
    }
    postMessage({ id, kind: "done", stopped: stopped.has(id) });
  },
  async train({ id, text }) {
    postMessage({ id, kind: "training", ...open });
    if (text.includes("late")) await wait(500); // a first report comes late
    for (let step = 1; step <= 300 && !stopped.has(id); step++) {
      const progress = { epoch: step / 10, epochs: 30, steps: step, totalSteps: 300, tokensPerSecond: 50000 };
      postMessage({ id, kind: "progress", progress });
      postMessage({ id, kind: "report", report: { epoch: step / 10, steps: step, loss: 1 + 3 / step } });
      await wait(10);
      if (paused.has(id)) postMessage({ id, kind: "paused" });
      while (paused.has(id) && !stopped.has(id)) await wait(10);
    }
    postMessage({ id, kind: "done", stopped: stopped.has(id) });
  },
};
onmessage = ({ data }) => answers[data.kind](data);
