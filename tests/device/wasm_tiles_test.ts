/** Which tile is taken, by a clock that a made-up machine moves on; and what V8 makes of the wide one. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { TURBO } from "../../bench/harness.ts";
import { probeTiles, type Tiles } from "../../src/device/wasm/tiles.ts";

/**
 * What is found where a call of a tile takes so many milliseconds, before and after its `tierUp`th call; `jitter` is what
 * each call may take longer. The clock ticks at every reading.
 */
function found(narrow: [number, number], wide: [number, number], tierUp: number, jitter: number = 0): Tiles {
  let clock = 0;
  const now = (): number => {
    clock += 1e-7;
    return clock;
  };
  const tile = ([slow, fast]: [number, number]): () => void => {
    let calls = 0;
    return () => {
      clock += (++calls < tierUp ? slow : fast) * (1 + jitter * (calls * 7 % 11) / 11);
    };
  };
  const tiles = probeTiles({ tile5x8: tile(narrow), tile6x16: tile(wide) }, 0, now);
  return { ...tiles, speed: tiles.speed && Math.round(tiles.speed * 100) / 100 };
}

// Elements of c: 40 and 96. Stock Deno, turbo on the same machine, turbo where registers have 256 bits.
Deno.test("probeTiles() takes what is faster when both are optimized", () => {
  assertEquals(found([4e-3, 1e-3], [9.6e-3, 3e-3], 300), { wide: false, speed: 0.8 });
  assertEquals(found([4e-3, 1e-3], [9.6e-3, 1.92e-3], 300), { wide: true, speed: 1.25 });
  assertEquals(found([4e-3, 1e-3], [9.6e-3, 1.2e-3], 300), { wide: true, speed: 2 });
});

Deno.test("probeTiles() finds the same where calls take up to twice their time", () => {
  assertEquals(found([4e-3, 1e-3], [9.6e-3, 3e-3], 300, 1).wide, false);
  assertEquals(found([4e-3, 1e-3], [9.6e-3, 1.5e-3], 300, 1).wide, true);
});

Deno.test("probeTiles() keeps the narrow tile where the compiler does not come in time", () => {
  assertEquals(found([4e-3, 1e-3], [9.6e-3, 1.2e-3], Infinity), { wide: false, speed: undefined });
  // Only the wide one was optimized.
  let clock = 0;
  let calls = 0;
  const narrow = (): void => {
    clock += 4e-3;
  };
  const wide = (): void => {
    calls++;
    clock += calls < 100 ? 9.6e-3 : 1.2e-3;
  };
  const now = (): number => {
    clock += 1e-7;
    return clock;
  };
  const tiles = probeTiles({ tile5x8: narrow, tile6x16: wide }, 0, now);
  assertEquals(tiles, { wide: false, speed: undefined });
});

Deno.test("probeTiles() still compares where both were optimized before", () => {
  assertEquals(found([1e-3, 1e-3], [1.2e-3, 1.2e-3], 0).wide, true);
  assertEquals(found([1e-3, 1e-3], [3e-3, 3e-3], 0).wide, false);
});

Deno.test("probeTiles() keeps the narrow tile where the clock is as coarse as a browser's", () => {
  for (const tick of [0.005, 0.02, 0.1, 1]) {
    let clock = 0;
    let calls = 0;
    const tile = (): void => {
      clock += 1e-3;
      calls++;
    };
    const now = (): number => {
      clock += 1e-4;
      return Math.floor(clock / tick) * tick;
    };
    const tiles = probeTiles({ tile5x8: tile, tile6x16: tile }, 0, now);
    assertEquals([tiles, calls], [{ wide: false, speed: undefined }, 0], `${tick} ms`);
  }
});

/** Calls the wide tile until V8 has optimized it; V8 tells on stdout of what it makes 256-bit operations. */
const CALLS = `
  import { WASM } from "${import.meta.resolve("../../src/generated/kernels.ts")}";
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(Uint8Array.fromBase64(WASM.relaxed));
  const { tile6x16 } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  for (let call = 0; call < 3000; call++) tile6x16(65536, 131072, 256, 262144, 64, 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let call = 0; call < 100; call++) tile6x16(65536, 131072, 256, 262144, 64, 1);
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
