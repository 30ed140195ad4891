// Threads that walk one program together. All state lies in shared memory, in words of the control block, which
// src/kernels/numbers.ts lists.
// A program is a list of commands: kernel, extent, words of arguments, arguments; END ends it.
import { dispatch } from "../dispatch";
import { CLEAR, CLEAR_UNIT, END, JOB, PACKED, PROGRAM, SCRATCH, STOP, STRIDE, TILE } from "../numbers";
import { advance, awaitJob, barrier, setThreads, take } from "./barrier";
import { setTile } from "./pack";
import { setPacked, setScratch } from "./scratch";

// The bounds of slice `thread` of `threads` slices of `extent` units.
// @ts-ignore: decorator
@inline
function bound(extent: u32, thread: u32, threads: u32): u32 {
  return <u32> ((<u64> extent * thread) / threads);
}

function walk(control: usize, thread: u32, threads: u32): void {
  const first = load<u32>(control + SCRATCH);
  setThreads(control, threads);
  setScratch(first + thread * load<u32>(control + STRIDE), first);
  setPacked(load<u32>(control + PACKED));
  setTile(load<u32>(control + TILE));
  let command: usize = load<u32>(control + PROGRAM);
  let kernel = load<u32>(command);
  while (kernel != END) {
    const extent = load<u32>(command, 4);
    const begin = bound(extent, thread, threads);
    const end = bound(extent, thread + 1, threads);
    if (begin < end) {
      if (kernel == CLEAR) {
        const address: usize = load<u32>(command, 12);
        const words = min(end * CLEAR_UNIT, load<u32>(command, 16)) - begin * CLEAR_UNIT;
        memory.fill(address + ((begin * CLEAR_UNIT) << 2), 0, words << 2);
      } else dispatch(kernel, command + 12, begin, end);
    }
    command += 12 + (load<u32>(command, 8) << 2);
    kernel = load<u32>(command); // before the last barrier: behind it the host may free the program
    barrier();
  }
}

// Thread 0, the host's: runs the program whose address it has put into the control block.
export function run(control: usize, threads: u32): void {
  if (threads > 1) advance(control, control + JOB);
  walk(control, 0, threads);
}

// Every other thread: works until the stop word is set and the job counted up.
export function work(control: usize, thread: u32, threads: u32): void {
  let job: i32 = 0;
  while (true) {
    awaitJob(control, job);
    job++;
    if (load<u32>(control + STOP) != 0) return;
    take(control, thread, job);
    walk(control, thread, threads);
  }
}

// Tells every other thread to return from work().
export function stop(control: usize): void {
  store<u32>(control + STOP, 1);
  advance(control, control + JOB);
}
