// How threads wait for one another. All state lies in the control block, whose words src/kernels/numbers.ts lists; which
// threads there are is a global of the instance, and so of the thread. A kernel whose threads share their results calls
// barrier() itself: all of them equally often.
import { ARRIVED, BROKEN, GENERATION, JOB, SLEEPERS, TAKEN } from "../numbers";

let control: usize = 0;
let threads: u32 = 1;

// Rounds of a spinning wait before a thread sleeps. A round trip costs 0.4 µs spinning and 10 to 75 µs asleep, and the host
// takes up to 50 µs between two steps: where each thread has a core, long spins pay. Where another process has it, they
// only keep the others from running. So at a barrier a thread spins half as long after each sleep, and longer again after
// each wait that needed none. But who sleeps comes late to the next barrier, so that the others sleep there in their turn,
// and so on: not too few rounds, and many after every eighth sleep, end that.
const MOST_SPINS: i32 = 100000;
const FEWEST_SPINS: i32 = 10000;
let barrierSpins: i32 = MOST_SPINS;
let sleeps: u32 = 0;

// A thread that ends can be waited for in vain. One that traps says so in the word BROKEN. One that was ended from outside
// takes no job: who has slept NAPS times at a barrier looks whether all others have taken this one. That all naps pass
// while a living thread gets no turn is next to impossible; a thread that ends without a word within a kernel cannot be told
// from one that computes.
const NAP: i64 = 100_000_000; // ns
const NAPS: u32 = 7;

export function setThreads(block: usize, count: u32): void {
  control = block;
  threads = count;
}

export function threadCount(): u32 {
  return threads;
}

// Says whether the word at `address` is no longer `value` within so many rounds.
function spinWhile(address: usize, value: i32, spins: i32): bool {
  for (let round = 0; round < spins; round++) {
    if (atomic.load<i32>(address) != value) return true;
  }
  return false;
}

function sleep(control: usize, address: usize, value: i32, ns: i64): void {
  atomic.add<i32>(control + SLEEPERS, 1);
  atomic.wait<i32>(address, value, ns);
  atomic.sub<i32>(control + SLEEPERS, 1);
}

// Waits until there is another job than `job`.
export function awaitJob(control: usize, job: i32): void {
  if (spinWhile(control + JOB, job, MOST_SPINS)) return;
  while (atomic.load<i32>(control + JOB) == job) sleep(control, control + JOB, job, -1);
}

// Says that a thread has taken a job.
export function take(control: usize, thread: u32, job: i32): void {
  atomic.store<i32>(control + TAKEN + (thread << 2), job);
}

// Sleeps until the barrier is open, and traps where a thread will not come.
function sleepAtBarrier(generation: i32): void {
  for (let naps: u32 = 0; atomic.load<i32>(control + GENERATION) == generation; naps++) {
    sleep(control, control + GENERATION, generation, NAP);
    if (naps + 1 >= NAPS) findMissing();
    if (atomic.load<i32>(control + BROKEN) != 0) unreachable();
  }
}

function findMissing(): void {
  const job = atomic.load<i32>(control + JOB);
  for (let thread: u32 = 1; thread < threads; thread++) {
    if (atomic.load<i32>(control + TAKEN + (thread << 2)) == job) continue;
    atomic.cmpxchg<i32>(control + BROKEN, 0, thread);
  }
}

export function advance(control: usize, address: usize): void {
  atomic.add<i32>(address, 1);
  if (atomic.load<i32>(control + SLEEPERS) != 0) atomic.notify(address, -1);
}

export function barrier(): void {
  if (threads == 1) return;
  const generation = atomic.load<i32>(control + GENERATION);
  if (<u32> atomic.add<i32>(control + ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(control + ARRIVED, 0);
    advance(control, control + GENERATION);
  } else if (spinWhile(control + GENERATION, generation, barrierSpins)) {
    barrierSpins = min(barrierSpins + (barrierSpins >> 3), MOST_SPINS);
  } else {
    sleepAtBarrier(generation);
    barrierSpins = ++sleeps & 7 ? max(barrierSpins >> 1, FEWEST_SPINS) : MOST_SPINS;
  }
}
