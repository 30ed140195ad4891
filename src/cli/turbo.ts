/**
 * `--turbo`: V8 takes its flags when a process starts, so refrain starts itself again with them.
 *
 * @module
 */
import { checksBounds } from "../device/wasm/bounds.ts";
import type { CommandName } from "./flags.ts";
export { takeMark, V8_FLAGS } from "./turbo/mark.ts";

/**
 * Starts refrain again with V8's flags where a command computes and does not have them yet, and waits for its end.
 *
 * @param command The command.
 * @param args What follows it, `--turbo` in it.
 * @returns The exit code; undefined where this process is the one to do the work.
 * @throws {UsageError} If the flags contradict each other, or are wrong.
 * @throws {RangeError} If a permission is lacking; the sentence has the flags to add.
 */
export async function startAgain(command: CommandName, args: readonly string[]): Promise<number | undefined> {
  const { settingsFor, start } = await import("./turbo/start.ts");
  const settings = settingsFor(command, args);
  return settings && checksBounds() ? await start(command, args, settings) : undefined;
}

/**
 * The option of a device that `--turbo` decides: under V8's flags the wide tile is taken at once, instead of found by a clock.
 *
 * @param turbo Whether the flag was given.
 * @returns Options of openDevice().
 */
export function tilesFor(turbo: boolean): { wideTiles?: true } {
  return turbo && !checksBounds() ? { wideTiles: true } : {};
}

/**
 * What `--turbo` would give where it was not given.
 *
 * @param device The device's name.
 * @returns A line; nothing where it would give nothing, or cannot be given.
 */
export function turboHint(device: string): string | undefined {
  const { arch, standalone } = Deno.build;
  if (device !== "wasm" || arch !== "x86_64" || standalone || !checksBounds()) return undefined;
  return "off: --turbo takes 0.53 to 0.83 of the time where that was measured, without checks of " +
    "WebAssembly's bounds";
}
