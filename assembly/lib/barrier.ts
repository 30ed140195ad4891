// How threads wait for one another. All state lies in the control block, whose words runtime.ts lists; which threads there
// are is a global of the instance, and so of the thread. A kernel whose threads share their results calls barrier() itself:
// all of them equally often.

const ARRIVED: usize = 64, GENERATION: usize = 128, SLEEPERS: usize = 192;
let control: usize = 0;
let threads: u32 = 1;

// Rounds of a spinning wait before a thread sleeps. A round trip costs 0.4 µs spinning and 10 to 75 µs asleep, and the host
// takes up to 50 µs between two steps: where each thread has a core, long spins pay. Where another process has it, they
// only keep the others from running. So at a barrier a thread spins half as long after each sleep, and longer again after
// each wait that needed none. But who sleeps comes late to the next barrier, so that the others sleep there in their turn,
// and so on: not too few rounds, and many after every eighth sleep, end that.
export const MOST_SPINS: i32 = 100000;
const FEWEST_SPINS: i32 = 10000;
let barrierSpins: i32 = MOST_SPINS;
let sleeps: u32 = 0;

export function setThreads(block: usize, count: u32): void {
  control = block;
  threads = count;
}

export function threadCount(): u32 {
  return threads;
}

// Waits until the word at `address` is no longer `value`; says whether spinning was enough.
export function waitWhile(control: usize, address: usize, value: i32, spins: i32): bool {
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
  } else if (waitWhile(control, control + GENERATION, generation, barrierSpins)) {
    barrierSpins = min(barrierSpins + (barrierSpins >> 3), MOST_SPINS);
  } else barrierSpins = ++sleeps & 7 ? max(barrierSpins >> 1, FEWEST_SPINS) : MOST_SPINS;
}
