/**
 * Generation, whole: from a prefix of one character to the last of 200, greedily, as a caller of generate() waits for it.
 *
 *     deno run -A bench/generate.ts [--filter G32] [--rounds 11] [--json FILE]
 *     deno bench -A bench/generate.ts
 *
 * Before it is timed, every character is held to the likeliest one of a single pass over the whole text.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Vocabulary } from "../src/data/vocabulary.ts";
import type { Device } from "../src/device/device.ts";
import { generate } from "../src/generate.ts";
import { tensorsOf } from "../src/layers/recurrent/arguments.ts";
import type { RNNModel } from "../src/model.ts";
import { Tensor } from "../src/tensors/tensor.ts";
import { bench, type Benchmark, openDevices, type Running } from "./harness.ts";
import { corpusOf, GENERATION, type GenerationWorkload, modelOf } from "./workloads.ts";

/** A model that generates the same texts in each round. */
class RunningGeneration implements Running {
  readonly #model: RNNModel;
  readonly #vocabulary: Vocabulary;
  readonly #prefixes: string[];
  readonly #length: number;

  constructor(device: Device, workload: GenerationWorkload) {
    const { vocabularySize, streams, length } = workload;
    this.#model = modelOf(device, workload);
    this.#vocabulary = corpusOf({ ...workload, batchSize: 1, numSteps: vocabularySize }, 1).vocabulary;
    this.#prefixes = this.#vocabulary.tokens.slice(0, streams);
    this.#length = length;
  }

  /** The texts' ids (streams, 1 + length). */
  async #generate(): Promise<number[][]> {
    const texts = this.#prefixes.map((prefix) => [this.#vocabulary.id(prefix)]);
    const options = { prefixes: this.#prefixes, length: this.#length, temperature: 0 };
    for await (const { row, id } of generate(this.#model, this.#vocabulary, options)) texts[row]!.push(id);
    return texts;
  }

  async check(): Promise<void> {
    const texts = await this.#generate();
    const B = texts.length;
    const T = this.#length;
    const V = this.#vocabulary.size;
    assertEquals(texts.map((text) => text.length), this.#prefixes.map(() => 1 + T));
    const ids = new Uint32Array(texts.flatMap((text) => text.slice(0, T)));
    using input = Tensor.from(this.#model.device, ids, [B, T]);
    const [logits, state] = this.#model.forward(input);
    const values = await logits.data();
    for (const tensor of [logits, ...tensorsOf(state)]) tensor[Symbol.dispose]();
    texts.forEach((text, b) => {
      for (let t = 0; t < T; t++) {
        const row = values.subarray((t * B + b) * V, (t * B + b + 1) * V);
        const largest = row.reduce((a, b) => Math.max(a, b));
        // Logits of two ids may be as close as the rounding of their sums.
        assert(row[text[t + 1]!]! > largest - 1e-4, `Character ${t} of text ${b} is not the likeliest`);
      }
    });
  }

  async round(): Promise<number> {
    const start = performance.now();
    await this.#generate();
    return (performance.now() - start) / 1000;
  }

  [Symbol.dispose](): void {
    this.#model[Symbol.dispose]();
  }
}

const benchmarks: Benchmark[] = [];
for (const [name, workload] of Object.entries(GENERATION)) {
  for (const device of await openDevices()) {
    benchmarks.push({
      group: "generation",
      name,
      device: device.name,
      amounts: { "characters/s": workload.streams * workload.length },
      async start(): Promise<Running> {
        const running = new RunningGeneration(device, workload);
        await running.check();
        for (let round = 0; round < 2; round++) await running.round();
        return running;
      },
    });
  }
}
await bench(benchmarks, { title: "Generation", main: import.meta.main });
