/**
 * What a pickle's operations work on: a stack with marks, and a memo. It builds values that others gave it, and calls
 * nothing but what its table of names has.
 *
 * @module
 */
import { damaged, type PickleBytes } from "./bytes.ts";

/** What a name of Python's stands for. */
export class PickleGlobal {
  /** What is made when it is called; what is only named has none. */
  readonly call: ((args: readonly unknown[]) => unknown) | undefined;

  /**
   * Makes one.
   *
   * @param call What is made when it is called.
   */
  constructor(call?: (args: readonly unknown[]) => unknown) {
    this.call = call;
  }
}

/** An object that takes a state behind its making. */
export abstract class PickledObject {
  /**
   * Takes the state.
   *
   * @param state What the pickle has.
   */
  abstract setState(state: unknown): void;
}

/** What a reader of pickles knows. */
export interface PickleOptions {
  /** What names stand for, by module and name with a dot between: any other is refused. */
  readonly globals: ReadonlyMap<string, PickleGlobal>;
  /** Makes what lies beside the pickle. */
  readonly persistent?: (id: unknown) => unknown;
  /** Makes the error of a name that is not known. */
  readonly refuse: (name: string) => Error;
}

/** The stack and the memo. */
export class PickleMachine {
  /** The pickle. */
  readonly bytes: PickleBytes;
  /** What reader of pickles it is. */
  readonly options: PickleOptions;
  /** Values that come again, by their numbers. */
  readonly memo: Map<number, unknown> = new Map();
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];

  /**
   * Begins with nothing.
   *
   * @param bytes The pickle.
   * @param options What the reader knows.
   */
  constructor(bytes: PickleBytes, options: PickleOptions) {
    this.bytes = bytes;
    this.options = options;
  }

  /** Puts a value on the stack. */
  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Takes the last value off the stack. */
  pop(): unknown {
    const value = this.top();
    this.#stack.length--;
    return value;
  }

  /** The last value. */
  top(): unknown {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      throw damaged(`the operation before byte ${this.bytes.at} takes more than there is`);
    }
    return this.#stack.at(-1);
  }

  /** Marks where the next values begin. */
  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Takes all values behind the last mark. */
  items(): unknown[] {
    const from = this.#marks.pop();
    if (from === undefined) throw damaged(`the operation before byte ${this.bytes.at} has no mark`);
    return this.#stack.splice(from);
  }

  /** The last value, which is a list. */
  list(): unknown[] {
    const list = this.top();
    if (Array.isArray(list)) return list;
    throw damaged(`the operation before byte ${this.bytes.at} needs a list`);
  }

  /**
   * Puts keys and values into the last value, which is a dictionary.
   *
   * @param items Keys and values in turn.
   */
  put(items: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0) {
      throw damaged(`the operation before byte ${this.bytes.at} needs a dictionary`);
    }
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
  }

  /**
   * A value of the memo.
   *
   * @param index Its number.
   */
  recall(index: number): unknown {
    if (this.memo.has(index)) return this.memo.get(index);
    throw damaged(`nothing has the number ${index} in it`);
  }

  /**
   * What a name stands for.
   *
   * @param module A module of Python's.
   * @param name A name in it.
   * @throws {Error} If it is none of those that are known.
   */
  find(module: unknown, name: unknown): PickleGlobal {
    if (typeof module !== "string" || typeof name !== "string") throw damaged("a name in it is no text");
    const { globals, refuse } = this.options;
    const found = globals.get(`${module}.${name}`);
    if (found) return found;
    throw refuse(`${module}.${name}`);
  }

  /** Calls what the stack has with the arguments behind it. */
  call(): void {
    const args = this.pop();
    const called = this.pop();
    if (!(called instanceof PickleGlobal) || !called.call || !Array.isArray(args)) {
      throw damaged(`the operation before byte ${this.bytes.at} calls what cannot be called`);
    }
    this.push(called.call(args));
  }

  /** Gives the last object its state; a dictionary's attributes are left out. */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (object instanceof PickledObject) object.setState(state);
    else if (!(object instanceof Map)) {
      throw damaged(`the operation before byte ${this.bytes.at} gives a state to what has none`);
    }
  }
}
