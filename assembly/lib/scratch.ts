// A thread's own memory for packed operands: a global of the instance, and so of the thread.
// The host sets it before a program runs; src/kernels.ts says how many words a kernel takes of it.

let base: usize = 0;

export function setScratch(address: usize): void {
  base = address;
}

export function scratch(): usize {
  return base;
}
