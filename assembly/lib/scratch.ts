// Memory for packed operands: each thread has its own; that of thread 0 is also where threads that work together share panels.
// Globals of the instance, and so of the thread: set before a program runs; src/kernels.ts says how many words a kernel takes.
import { bytes } from "./words";

let own: usize = 0, first: usize = 0;
// Bytes that the running kernel has been given.
let used: usize = 0;

export function setScratch(address: usize, ofThread0: usize): void {
  own = address;
  first = ofThread0;
}

// A kernel that asks for blocks begins with this: what the one before had is free.
export function freeScratch(): void {
  used = 0;
}

// A block of this thread's own memory.
export function ownWords(words: u32): usize {
  const block = own + used;
  used += bytes(words);
  return block;
}

// A block of thread 0's memory: the same one for all threads, as they ask for the same blocks in the same order up to here.
export function sharedWords(words: u32): usize {
  const block = first + used;
  used += bytes(words);
  return block;
}
