/**
 * `completions`: what makes a shell complete commands, flags, their values, files and runs.
 *
 * @module
 */
import { bashScript } from "./completions/bash.ts";
import { fishScript } from "./completions/fish.ts";
import { wordsOf } from "./completions/words.ts";
import { zshScript } from "./completions/zsh.ts";
import type { Settings } from "./flags.ts";
import { stdout } from "./output.ts";
import { UsageError } from "./usage_error.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/**
 * Prints a shell's script.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {UsageError} If no shell is named.
 */
export function completionsCommand({ shell }: Settings<"completions">): number {
  if (shell === undefined) {
    throw new UsageError(
      `Cannot print completions without a shell: write one of ${Object.keys(SCRIPTS).join(", ")} behind it`,
    );
  }
  stdout.lines(...SCRIPTS[shell](wordsOf()));
  return 0;
}
