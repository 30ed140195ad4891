/** Runs for tests of reports: as `train` keeps them, large ones, and one whose every text would be markup. @module */
import type { ReportedRun } from "../../mod.ts";

/** A line of log.jsonl. */
export function line(epoch: number, members: object = {}): string {
  return JSON.stringify({
    epoch,
    loss: 4 / epoch + 1,
    perplexity: Math.exp(4 / epoch + 1),
    validationLoss: 4 / epoch + 1.5 + epoch / 100,
    tokensPerSecond: 50_000 + epoch,
    seconds: 0.5,
    steps: 20 * epoch,
    gradNorm: 1 / epoch,
    learningRate: 1e-3 / epoch,
    temperature: 0.8,
    samples: [{ prefix: "分开", text: `分开了 ${epoch}` }],
    ...members,
  });
}

/** A run of some reports. */
export function runOf(name: string, reports: number, config: object = {}): ReportedRun {
  const log = Array.from({ length: reports }, (_, i) => `${line(i + 1)}\n`).join("");
  const facts = {
    corpus: "poems.txt",
    characters: 12_345,
    vocabularySize: 678,
    parameters: 90_123,
    stepsPerEpoch: 20,
    device: "WebAssembly, 2 threads",
    command: "deno run --allow-read=poems.txt,runs mod.ts train --corpus poems.txt",
    baseline: { order: 5, loss: 2.25, perplexity: Math.exp(2.25) },
  };
  const settings = {
    version: "0.1.0",
    epochs: reports,
    cell: "lstm",
    hiddenSize: 256,
    numLayers: 2,
    ...config,
  };
  return { name, log, config: JSON.stringify({ ...settings, directory: "/home", facts }), state: "ended" };
}

/** What an attacker would put wherever text may stand. */
export function hostile(address: string = ""): string {
  const image = `<img src="${address}/noticed?image" onerror="globalThis.hit=1">`;
  const script = `<script src="${address}/noticed?script">globalThis.hit=2</script>`;
  return `</script></title></style></noscript></textarea>--><!--"'>${image}${script}<style>@import "${address}/noticed?style"</style>` +
    `<link rel="stylesheet" href="${address}/noticed?link"><svg onload="globalThis.hit=3"></svg>` +
    `<iframe src="${address}/noticed?frame"></iframe><b style="background:url(${address}/noticed?css)">&lt;\${globalThis.hit=4}\u202e\0`;
}

/** A run whose every text is that. */
export function hostileRun(address: string = ""): ReportedRun {
  const evil = hostile(address);
  const samples = [{ prefix: evil, text: evil + evil }, evil];
  const units = [{
    unit: 1,
    layer: 0,
    feature: evil,
    correlation: 0.9,
    pieces: [{ tokens: [evil, "a", evil], activations: [0.9, 0, -0.9] }],
  }];
  const facts = { corpus: evil, characters: 1, vocabularySize: 1, device: evil, command: evil, [evil]: evil };
  return {
    name: evil,
    log: [1, 2, 3].map((epoch) => `${line(epoch, { samples, [evil]: evil })}\n`).join("") + evil,
    config: JSON.stringify({
      version: evil,
      cell: evil,
      hiddenSize: evil,
      prefix: [evil],
      [evil]: evil,
      facts,
    }),
    state: evil,
    inspection: JSON.stringify({ version: 1, text: evil, units }),
  };
}
