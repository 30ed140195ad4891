// Threads that walk one program together. All state lies in shared memory, in words of the control block:
//   0 job: counted up for each program         16 arrived: threads at the barrier
//  32 generation: counted up at each barrier   48 sleepers: threads that wait for generation or job
//  64 program   65 stop   66 scratch of thread 0   67 bytes between the scratches of two threads
// A program is a list of commands: kernel, extent, words of arguments, arguments; END ends it.
import { dispatch } from "../dispatch";
import { setScratch } from "./scratch";

const JOB: usize = 0, ARRIVED: usize = 64, GENERATION: usize = 128, SLEEPERS: usize = 192;
const PROGRAM: usize = 256, STOP: usize = 260, SCRATCH: usize = 264, STRIDE: usize = 268;
const END: u32 = 0xffffffff, CLEAR: u32 = 0xfffffffe; // clear(block, words), in units of 1024 words
const CLEAR_UNIT: u32 = 1024;

// Rounds of a spinning wait before a thread sleeps. A round trip costs 0.4 µs spinning and 10 to 75 µs asleep, and the host
// takes up to 50 µs between two steps: where each thread has a core, long spins pay. Where another process has it, they
// only keep the others from running. So at a barrier a thread spins half as long after each sleep, and longer again after
// each wait that needed none.
const MOST_SPINS: i32 = 100000;
const FEWEST_SPINS: i32 = 1000;
let barrierSpins: i32 = MOST_SPINS;

// Waits until the word at `address` is no longer `value`; says whether spinning was enough.
function waitWhile(control: usize, address: usize, value: i32, spins: i32): bool {
  for (let round = 0; round < spins; round++) {
    if (atomic.load<i32>(address) != value) return true;
  }
  while (atomic.load<i32>(address) == value) {
    atomic.add<i32>(control + SLEEPERS, 1);
    atomic.wait<i32>(address, value, -1);
    atomic.sub<i32>(control + SLEEPERS, 1);
  }
  return false;
}

function advance(control: usize, address: usize): void {
  atomic.add<i32>(address, 1);
  if (atomic.load<i32>(control + SLEEPERS) != 0) atomic.notify(address, -1);
}

function barrier(control: usize, threads: u32): void {
  if (threads == 1) return;
  const generation = atomic.load<i32>(control + GENERATION);
  if (<u32> atomic.add<i32>(control + ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(control + ARRIVED, 0);
    advance(control, control + GENERATION);
  } else if (waitWhile(control, control + GENERATION, generation, barrierSpins)) {
    barrierSpins = min(barrierSpins + (barrierSpins >> 3), MOST_SPINS);
  } else barrierSpins = max(barrierSpins >> 1, FEWEST_SPINS);
}

// The bounds of slice `thread` of `threads` slices of `extent` units.
// @ts-ignore: decorator
@inline
function bound(extent: u32, thread: u32, threads: u32): u32 {
  return <u32> ((<u64> extent * thread) / threads);
}

function walk(control: usize, thread: u32, threads: u32): void {
  setScratch(load<u32>(control + SCRATCH) + thread * load<u32>(control + STRIDE));
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
    barrier(control, threads);
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
    waitWhile(control, control + JOB, job, MOST_SPINS);
    job++;
    if (load<u32>(control + STOP) != 0) return;
    walk(control, thread, threads);
  }
}

// Tells every other thread to return from work().
export function stop(control: usize): void {
  store<u32>(control + STOP, 1);
  advance(control, control + JOB);
}
