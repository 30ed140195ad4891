/**
 * Modules: what has parameters. A module of modules joins its children's parameters into storage of its own.
 *
 * @module
 */
import { align, type Block, type Device } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { copy } from "./copy.ts";
import type { Int8Weights } from "./int8.ts";
import { counted, firstOf, Printable } from "../messages/printable.ts";
import { Parameter, type ParameterStorage } from "./parameters.ts";
import { formatShape, sameShape, sizeOf } from "./shape.ts";
import { quote } from "../messages/quote.ts";

/** A tensor on the host, as files and dicts hold it. */
export interface HostTensor {
  /** Sizes, outermost first. */
  shape: number[];
  /** Elements, row-major. */
  data: Float32Array;
}
/** Tensors by name. */
export type StateDict = Record<string, HostTensor>;

/** Children or parameters that a module's line shows. */
const MOST_PARTS = 8;
/** Names that an error lists. */
const MOST_NAMES = 8;

function allocate(device: Device, sizes: number[]): { storage: ParameterStorage; offsets: number[] } {
  let length = 0;
  const offsets = sizes.map((size) => {
    const offset = length;
    length += align(size);
    return offset;
  });
  const block = (): Block => device.alloc(length);
  return { storage: { length, values: block(), gradients: block(), health: device.alloc(8) }, offsets };
}

/** Whether all that lies in a storage is among some parameters. */
function isWhole(storage: ParameterStorage, parameters: readonly Parameter[]): boolean {
  const within = parameters.filter((parameter) => parameter.storage === storage);
  return within.reduce((sum, { size }) => sum + align(size), 0) === storage.length;
}

/** Something with parameters: a layer or a model. */
export abstract class Module extends Printable implements Disposable {
  /** The device on which its parameters lie. */
  readonly device: Device;
  readonly #parameters: Map<string, Parameter> = new Map();
  /** The modules that it was joined of. */
  readonly #children: Module[] = [];
  /** Parameters that another module gave, which frees them. */
  readonly #shared: Set<Parameter> = new Set();

  /**
   * For layers and models.
   *
   * @param device The device on which its parameters shall lie.
   */
  constructor(device: Device) {
    super();
    this.device = device;
  }

  /**
   * For layers: makes the parameters from their first values.
   *
   * @param initial The shapes and data by name, in the order of PyTorch's.
   */
  protected create(initial: StateDict): void {
    const entries = Object.entries(initial);
    const { storage, offsets } = allocate(this.device, entries.map(([, { shape }]) => sizeOf(shape)));
    entries.forEach(([name, { shape, data }], index) => {
      const parameter = new Parameter(shape, storage, offsets[index]!);
      this.#parameters.set(name, parameter);
      this.device.write(parameter.value, data);
    });
  }

  /**
   * For models: takes over the parameters of `children` into one storage. A parameter that two children share is one; one
   * that lies beside others of another model stays there, and is that one's to free.
   *
   * @param children The modules, by the prefix of their parameters' names.
   * @param rename The function that makes a name of the prefix and the child's name for it.
   * @throws {TypeError} If a child lies on another device.
   */
  protected join(
    children: Record<string, Module>,
    rename: (prefix: string, name: string) => string = (prefix, name) => `${prefix}.${name}`,
  ): void {
    const named = Object.entries(children).flatMap(([prefix, child]) =>
      [...child.#parameters].map(([name, parameter]) => [rename(prefix, name), parameter] as const)
    );
    const all = [...new Set(named.map(([, parameter]) => parameter))];
    for (const [name, parameter] of named) assertOn(`parameter "${name}"`, parameter, this.device);
    // What lies beside parameters of another module stays there, as that one needs them.
    const moved = all.filter(({ storage }) => isWhole(storage, all));
    for (const parameter of all) if (!moved.includes(parameter)) this.#shared.add(parameter);
    const old = new Set(moved.flatMap((parameter) => parameter.blocks()));
    if (moved.length > 0) this.#move(moved);
    for (const [name, parameter] of named) this.#parameters.set(name, parameter);
    this.#children.push(...Object.values(children));
    for (const block of old) block[Symbol.dispose]();
  }

  #move(parameters: readonly Parameter[]): void {
    const { storage, offsets } = allocate(this.device, parameters.map((parameter) => parameter.size));
    parameters.forEach((parameter, index) => {
      const target = storage.values.view(offsets[index]!, parameter.size);
      copy(this.device, { block: parameter.value }, { block: target }, { columns: parameter.size });
      parameter.storage = storage;
      parameter.offset = offsets[index]!;
    });
  }

  /** For layers: takes a parameter of another module as its own. */
  protected share(name: string, parameter: Parameter): void {
    assertOn(`parameter "${name}"`, parameter, this.device);
    this.#shared.add(parameter);
    this.#parameters.set(name, parameter);
  }

  /** For layers: a parameter by its name. */
  protected parameter(name: string): Parameter {
    return this.#parameters.get(name)!;
  }

  /** The parameters, in the order of PyTorch's, each once. */
  parameters(): Parameter[] {
    return [...new Set(this.#parameters.values())];
  }

  /** How many numbers they are in all. */
  parameterCount(): number {
    return this.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  }

  /** Their names, as stateDict() has them. */
  parameterNames(): string[] {
    return [...this.#parameters.keys()];
  }

  /**
   * Where each parameter begins in its storage, for a kernel that takes the weights of a model as one block.
   *
   * @returns The first words by the names of stateDict().
   */
  parameterOffsets(): Record<string, number> {
    return Object.fromEntries([...this.#parameters].map(([name, { offset }]) => [name, offset]));
  }

  /**
   * The weights, on the host.
   *
   * @returns The shapes and data by PyTorch's names.
   */
  stateDict(): Promise<StateDict> {
    return this.#read((parameter) => parameter.storage.values);
  }

  /**
   * The gradients, on the host.
   *
   * @returns The shapes and data under the names of stateDict().
   */
  gradients(): Promise<StateDict> {
    return this.#read((parameter) => parameter.storage.gradients);
  }

  async #read(which: (parameter: Parameter) => Block): Promise<StateDict> {
    const blocks = [...new Set(this.parameters().map(which))];
    // All at once: whatever is given to the device meanwhile, they are of one moment.
    const words = await Promise.all(
      blocks.map(async (block) => new Float32Array(await block.device.read(block))),
    );
    const dict: StateDict = Object.create(null);
    for (const [name, parameter] of this.#parameters) {
      const { offset, size, shape } = parameter;
      const data = words[blocks.indexOf(which(parameter))]!.slice(offset, offset + size);
      dict[name] = { shape: [...shape], data };
    }
    return dict;
  }

  /**
   * Writes the weights. Nothing is written unless all of them fit.
   *
   * @param dict The shapes and data by PyTorch's names: all of stateDict()'s and no others.
   * @throws {TypeError} If a name is missing or unexpected, or a shape or type differs.
   */
  loadStateDict(dict: StateDict): void {
    this.checkStateDict(dict);
    for (const [name, parameter] of this.#parameters) {
      this.device.write(parameter.value, dict[name]!.data);
      parameter.int8 = undefined;
    }
  }

  /**
   * For whoever reads files: keeps the matrices of int8 that weights stand for, until others are loaded.
   *
   * @param weights The matrices, by names of stateDict().
   * @throws {TypeError} If a name is unexpected.
   */
  keepInt8(weights: Int8Weights): void {
    const unexpected = Object.keys(weights).filter((name) => !this.#parameters.has(name));
    if (unexpected.length > 0) {
      throw new TypeError(`Cannot keep weights of int8: unexpected keys ${quoted(unexpected)}`);
    }
    for (const [name, matrix] of Object.entries(weights)) this.#parameters.get(name)!.int8 = matrix;
  }

  /**
   * The matrices of int8 that weights stand for.
   *
   * @returns Those that there are, by names of stateDict(); none of a model that was trained.
   */
  int8Weights(): Int8Weights {
    const weights: Int8Weights = Object.create(null);
    for (const [name, { int8 }] of this.#parameters) if (int8) weights[name] = int8;
    return weights;
  }

  /**
   * Checks what loadStateDict() would write, and writes nothing.
   *
   * @param dict The shapes and data by PyTorch's names.
   * @throws {TypeError} If a name is missing or unexpected, or a shape or type differs.
   */
  checkStateDict(dict: StateDict): void {
    const names = this.parameterNames();
    const missing = names.filter((name) => !Object.hasOwn(dict, name));
    const unexpected = Object.keys(dict).filter((name) => !this.#parameters.has(name));
    if (missing.length > 0) throw new TypeError(`Cannot load a state dict: missing keys ${quoted(missing)}`);
    if (unexpected.length > 0) {
      throw new TypeError(`Cannot load a state dict: unexpected keys ${quoted(unexpected)}`);
    }
    for (const [name, parameter] of this.#parameters) {
      const { shape, data } = dict[name]!;
      if (!(data instanceof Float32Array)) {
        throw new TypeError(`Cannot load parameter "${name}" as its data must be a Float32Array`);
      }
      if (sameShape(shape, parameter.shape) && data.length !== parameter.size) {
        throw new TypeError(
          `Cannot load parameter "${name}" as it must have ${parameter.size} numbers: it has ${data.length}`,
        );
      }
      if (!sameShape(shape, parameter.shape)) {
        throw new TypeError(
          `Cannot load parameter "${name}" as its shape must be ${
            formatShape(parameter.shape)
          }: current shape is ${formatShape(shape)}`,
        );
      }
    }
  }

  /**
   * For layers: what it is, without its size and place, such as `RNN(1027, 256)`.
   *
   * @returns Its class, with its children or else its parameters.
   */
  describe(): string {
    const parameters = [...this.#parameters].map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
    const parts = this.#children.length > 0 ? this.#children.map((child) => child.describe()) : parameters;
    return `${this.constructor.name}(${firstOf(parts, MOST_PARTS)})`;
  }

  /**
   * The module in a line: `RNNModel(RNN(1027, 256), Dense(256, 1027)), 592,899 parameters on wasm`.
   *
   * @returns What it is, how many parameters it has, and where.
   */
  override toString(): string {
    const freed = this.parameters().some(({ storage }) => !storage.values.alive);
    const place = freed ? ", freed" : ` on ${this.device.name}`;
    return `${this.describe()}, ${counted(this.parameterCount(), "parameter")}${place}`;
  }

  /** The memory of its parameters: a scope which it is returned from leaves that alone. */
  blocks(): Block[] {
    return [...new Set(this.parameters().flatMap((parameter) => parameter.blocks()))];
  }

  /** Frees the parameters, but for those that belong to another module. */
  [Symbol.dispose](): void {
    const own = this.parameters().filter((parameter) => !this.#shared.has(parameter));
    for (const block of new Set(own.flatMap((parameter) => parameter.blocks()))) block[Symbol.dispose]();
  }
}

function quoted(names: string[]): string {
  return firstOf(names.map(quote), MOST_NAMES);
}
