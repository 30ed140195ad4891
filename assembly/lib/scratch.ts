// Memory for packed operands: each thread has its own; that of thread 0 is also where threads that work together share panels.
// Globals of the instance, and so of the thread: set before a program runs; src/kernels.ts says how many words a kernel takes.
import { bytes } from "./words";

let own: usize = 0, first: usize = 0;
// Bytes that the running kernel has been given.
let used: usize = 0;
// Which weights may lie packed in the scratch since an earlier run, and which of them this thread packed last.
let packed: u32 = 0, packedLast: u32 = 0, packedBegin: u32 = 0, packedEnd: u32 = 0;

export function setScratch(address: usize, ofThread0: usize): void {
  own = address;
  first = ofThread0;
}

// 0: none.
export function setPacked(number: u32): void {
  packed = number;
}

// Whether this thread's share of the weights, the units from begin to end, is to be packed; from then on it counts as packed.
export function takesPacking(begin: u32, end: u32): bool {
  if (packed != 0 && packed == packedLast && begin == packedBegin && end == packedEnd) return false;
  packedLast = packed;
  packedBegin = begin;
  packedEnd = end;
  return true;
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
