/** Which tile is taken, by a clock that a made-up machine moves on; and what V8 makes of the wide one. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { TURBO } from "../../bench/harness.ts";
import { probeTiles, type Tile, type TileExports, type Tiles, tilesOf } from "../../src/device/wasm/tiles.ts";

/** Milliseconds that a call of a tile takes, before and after its `tierUp`th call. */
type Speeds = Readonly<Record<Tile, readonly [number, number]>>;

const TILES = tilesOf("relaxed");
/** Elements of c. */
const ELEMENTS = { "5x8": 40, "6x8": 48, "6x16": 96 } as const;

/** Microseconds an element, behind a first compiler's 0.1. */
function speeds(times: Readonly<Record<Tile, number>>): Speeds {
  const each = (tile: Tile): [number, number] => [1e-4 * ELEMENTS[tile], 1e-3 * times[tile] * ELEMENTS[tile]];
  return { "5x8": each("5x8"), "6x8": each("6x8"), "6x16": each("6x16") };
}

/** A machine whose clock ticks at every reading. `jitter` is what each call may take longer, as a multiple of its time. */
class Machine {
  #clock = 0;
  /** Calls of all tiles. */
  calls = 0;
  /** Milliseconds that were slept. */
  slept = 0;
  readonly now = (): number => {
    this.#clock += 1e-7;
    return this.#clock;
  };
  readonly pause = (milliseconds: number): void => {
    this.#clock += milliseconds;
    this.slept += milliseconds;
  };
  /** The tiles. */
  readonly exports: TileExports;

  constructor(speeds: Speeds, tierUps: Readonly<Record<Tile, number>> | number, jitter: number = 0) {
    const tile = (name: Tile): () => void => {
      const tierUp = typeof tierUps === "number" ? tierUps : tierUps[name];
      let calls = 0;
      return () => {
        this.calls++;
        const time = speeds[name][++calls < tierUp ? 0 : 1];
        this.#clock += time * (1 + jitter * (calls * 7 % 11) / 11);
      };
    };
    this.exports = { "tile5x8": tile("5x8"), "tile6x8": tile("6x8"), "tile6x16": tile("6x16") };
  }

  /** What is found, the speed in hundredths. */
  found(tiles: readonly Tile[] = TILES, otherwise: Tile = tiles[0]!): Tiles {
    const { tile, speed } = probeTiles(this.exports, 0, tiles, otherwise, this);
    return { tile, speed: speed && Math.round(speed * 100) / 100 };
  }
}

/** A processor on which a taller tile is a little faster, and one where it is slower; and turbo on it. */
const STOCK = speeds({ "5x8": 0.026, "6x8": 0.025, "6x16": 0.0375 });
const OLDER = speeds({ "5x8": 0.025, "6x8": 0.028, "6x16": 0.0375 });
const DOUBLE = speeds({ "5x8": 0.025, "6x8": 0.024, "6x16": 0.0125 });
const HALVED = speeds({ "5x8": 0.025, "6x8": 0.024, "6x16": 0.0226 });

Deno.test("probeTiles() takes what is fastest when all are optimized", () => {
  assertEquals(new Machine(STOCK, 300).found(), { tile: "6x8", speed: 0.67 });
  assertEquals(new Machine(OLDER, 300).found(), { tile: "5x8", speed: 0.67 });
  assertEquals(new Machine(DOUBLE, 300).found(), { tile: "6x16", speed: 1.92 });
  assertEquals(new Machine(HALVED, 300).found(), { tile: "6x8", speed: 1.06 });
});

Deno.test("probeTiles() leaves out tiles that a build has not", () => {
  assertEquals(new Machine(STOCK, 300).found(tilesOf("plain")), { tile: "5x8", speed: 0.69 });
  assertEquals(new Machine(DOUBLE, 300).found(tilesOf("plain")), { tile: "6x16", speed: 2 });
});

Deno.test("probeTiles() finds the same where calls take up to twice their time", () => {
  assertEquals(new Machine(STOCK, 300, 1).found().tile, "6x8");
  assertEquals(new Machine(OLDER, 300, 1).found().tile, "5x8");
  assertEquals(new Machine(DOUBLE, 300, 1).found().tile, "6x16");
});

Deno.test("probeTiles() ends soon after all are optimized", () => {
  for (const machine of [new Machine(STOCK, 300), new Machine(DOUBLE, 300)]) {
    machine.found();
    assertEquals([machine.calls <= 3 * 8 * (Math.ceil(300 / 8) + 6), machine.slept > 0], [true, true]);
  }
});

Deno.test("probeTiles() takes the tile that it is told where the compiler does not come in time", () => {
  assertEquals(new Machine(OLDER, Infinity).found(), { tile: "6x8", speed: undefined });
  // Only one is optimized.
  for (const otherwise of TILES) {
    const late = { "5x8": Infinity, "6x8": Infinity, "6x16": 100 };
    assertEquals(new Machine(DOUBLE, late).found(TILES, otherwise), { tile: otherwise, speed: undefined });
  }
});

Deno.test("probeTiles() still compares where all were optimized before", () => {
  assertEquals(new Machine(DOUBLE, 0).found().tile, "6x16");
  assertEquals(new Machine(OLDER, 0).found().tile, "5x8");
  assertEquals(new Machine(STOCK, 0).found().tile, "6x8");
});

Deno.test("probeTiles() takes the first tile where the clock is as coarse as a browser's", () => {
  for (const tick of [0.005, 0.02, 0.1, 1]) {
    const machine = new Machine(DOUBLE, 300);
    let clock = 0;
    const now = (): number => {
      clock += 1e-4;
      return Math.floor(clock / tick) * tick;
    };
    const tiles = probeTiles(machine.exports, 0, TILES, "6x8", { now, pause: machine.pause });
    assertEquals([tiles, machine.calls], [{ tile: "6x8", speed: undefined }, 0], `${tick} ms`);
  }
});

/** Calls the wide tile until V8 has optimized it; V8 tells on stdout of what it makes 256-bit operations. */
const CALLS = `
  import { WASM } from "${import.meta.resolve("../../src/generated/kernels.ts")}";
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(Uint8Array.fromBase64(WASM.relaxed));
  const { tile6x16 } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  for (let call = 0; call < 3000; call++) tile6x16(65536, 131072, 256, 262144, 64, 262144, 64);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let call = 0; call < 100; call++) tile6x16(65536, 131072, 256, 262144, 64, 262144, 64);
`;

/** V8 has 256-bit operations for AVX2 only. */
const ignore = Deno.build.arch !== "x86_64";

Deno.test("V8 makes the wide tile of 256-bit operations", { ignore }, async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${TURBO},--trace-wasm-revectorize`, "-"],
    stdin: "piped",
    stdout: "piped",
  });
  await using process = command.spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(CALLS));
  await writer.close();
  const { stdout } = await process.output();
  assertStringIncludes(new TextDecoder().decode(stdout), "Decided to vectorize");
});
