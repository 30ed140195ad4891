// A thread's own memory for packed operands, and that of thread 0, in which threads that work together share panels.
// Globals of the instance, and so of the thread: set before a program runs; src/kernels.ts says how many words a kernel takes.

let own: usize = 0, first: usize = 0;

export function setScratch(address: usize, ofThread0: usize): void {
  own = address;
  first = ofThread0;
}

export function scratch(): usize {
  return own;
}

export function sharedScratch(): usize {
  return first;
}
