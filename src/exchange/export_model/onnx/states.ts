/**
 * The states of a graph: h_0 and of an LSTM c_0, (L·D, B, H), are shared out among nodes, and what these leave is joined as
 * h_n and c_n. The names are those of PyTorch's documentation.
 *
 * @module
 */
import { TYPES } from "../../import_model/onnx/tensor.ts";
import type { PlainRecurrent } from "../../import_model/plain.ts";
import type { Outgoing } from "../outgoing.ts";
import type { GraphWriter } from "./graph.ts";

/** The tensors of a graph's states. */
export class States {
  readonly #graph: GraphWriter;
  readonly #layers: readonly PlainRecurrent[];
  /** "h", and "c" of an LSTM; none where states stay within. */
  readonly #letters: readonly string[];
  #next = 0;

  /**
   * Writes the inputs.
   *
   * @param graph The graph.
   * @param model The model.
   */
  constructor(graph: GraphWriter, { layers, hasStates }: Outgoing) {
    this.#graph = graph;
    this.#layers = layers.filter((layer) => layer.kind === "recurrent");
    const [{ cell }] = this.#layers as [PlainRecurrent];
    this.#letters = !hasStates ? [] : cell === "lstm" ? ["h", "c"] : ["h"];
    for (const letter of this.#letters) {
      const state = graph.input(`${letter}_0`, TYPES.float32, this.#shape());
      if (this.#layers.length === 1) continue;
      const sizes = graph.integers(`${letter}_sizes`, ...this.#layers.map(() => this.#directions()));
      graph.node("Split", [state, sizes], {
        outputs: this.#layers.map((_, index) => `${letter}_0.${index}`),
        attributes: { axis: 0 },
      });
    }
  }

  /** The states of the next layer, in the order of the layers: what it begins with, and what it leaves. */
  next(): { begins: string[]; ends: string[] } {
    const suffix = this.#layers.length === 1 ? "" : `.${this.#next++}`;
    return {
      begins: this.#letters.map((letter) => `${letter}_0${suffix}`),
      ends: this.#letters.map((letter) => `${letter}_n${suffix}`),
    };
  }

  /** Joins what the layers have left. */
  end(): void {
    if (this.#layers.length === 1) return;
    for (const letter of this.#letters) {
      const parts = this.#layers.map((_, index) => `${letter}_n.${index}`);
      this.#graph.node("Concat", parts, { outputs: [`${letter}_n`], attributes: { axis: 0 } });
    }
  }

  /** Writes the outputs, which stand behind the model's own. */
  output(): void {
    for (const letter of this.#letters) this.#graph.output(`${letter}_n`, this.#shape());
  }

  #directions(): number {
    return this.#layers[0]!.bidirectional ? 2 : 1;
  }

  #shape(): (number | string)[] {
    return [this.#layers.length * this.#directions(), "B", this.#layers[0]!.hiddenSize];
  }
}
