/**
 * What holds of a command that the disk failed or that was killed, and of its folder afterwards.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { isThere, type Scenario } from "./scenarios.ts";
import { command, differences, filesOf, type Outcome } from "./trial.ts";

/** One sentence, with its reason, and no inner part of an error. */
const SENTENCE =
  /^(error: )?(Cannot |resume: |The run is kept |The model is kept |Stopping after this step, then saving|What came after the last save )[^\n]*$/;
/** What a process may leave where removing it failed at its very end, as a part of a page that it said could not be written. */
const LEFT = /^(run\.lock|report\.html\.[\w-]+\.tmp) is left$/;
/** Files that count the lines of a run: another folder has the last of them alone. */
const COUNTING = ["checkpoint.safetensors", "log.jsonl", "samples.txt"];

/** What the command of a scenario left behind. */
interface Failed {
  readonly scenario: Scenario;
  readonly out: string;
  /** The fault, for a message. */
  readonly when: string;
}

/**
 * Checks what was said and kept; a command that says that all is well has kept all.
 *
 * @param outcome How it ended.
 * @param failed What it was.
 */
export async function assertHonest(outcome: Outcome, { scenario, out, when }: Failed): Promise<void> {
  const { code, errors } = outcome;
  for (const error of errors) {
    assertMatch(error, SENTENCE, when);
    assert(!/os error|undefined|\[object| {4}at /.test(error), `${when}: ${error}`);
  }
  const beside = errors.some((line) => line.startsWith("The run is kept in "));
  if (beside) return await assertBeside(`${out}-2`, scenario.expected, when);
  if (code !== 0) {
    assert(errors.length > 0, `${when}: nothing was said`);
    assert([1, 143].includes(code), `${when}: exit code ${code}`);
  } else if (await isThere(out)) {
    const differing = await differences(out, scenario.expected);
    assertEquals(differing.filter((line) => !LEFT.test(line)), [], `${when}: it ended well`);
  }
}

/**
 * Checks that a run which could not begin, on a disk that is well again, has taken its folder away.
 *
 * @param failed What it was.
 */
export async function assertNotEmpty({ out, when }: Failed): Promise<void> {
  const empty = await isThere(out) && (await Array.fromAsync(Deno.readDir(out))).length === 0;
  assert(!empty, `${when}: an empty folder is left`);
}

/**
 * Does what the user does then, on a disk that is well, and checks that all ends as if nothing had happened.
 *
 * @param failed What it was.
 */
export async function assertRecovers({ scenario, out, when }: Failed): Promise<void> {
  const ended = Object.keys(scenario.expected).length === 0;
  if (ended && !await isThere(out)) return;
  const args = await scenario.again(out);
  const { code, errors } = await command(args, { root: out });
  const said = errors.filter((line) => !line.startsWith("resume: "));
  assertEquals([code, said], [0, []], `${when}; then ${args.join(" ")}`);
  assertEquals(
    await isThere(out) ? await differences(out, scenario.expected) : [],
    [],
    `${when}: in the end`,
  );
}

/** A run that is kept beside its folder has the weights and the last lines. */
async function assertBeside(run: string, expected: Record<string, string>, when: string): Promise<void> {
  const differing = await differences(run, expected);
  const other = differing.filter((line) => !COUNTING.includes(line.split(" ")[0]!));
  assertEquals(other, [], `${when}: beside`);
  const files = await filesOf(run);
  for (const name of ["log.jsonl", "samples.txt"]) {
    assert(expected[name]!.endsWith(files[name] ?? ""), `${when}: ${name} beside is ${files[name]}`);
  }
}
