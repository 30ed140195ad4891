/** Recipes of time to quality: every system follows the same numbers, and the command line knows refrain's. @module */
import { assert, assertEquals } from "@std/assert";
import { competitorsOf, RECIPES, type Setting } from "../../bench/quality/recipes.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";

const SETTING: Setting = {
  folder: "folder",
  training: "training.txt",
  heldOut: "held-out.txt",
  python: "python3",
  threads: 2,
  seed: 5,
};
/** Flags that refrain and the peers' scripts have in common. */
const COMMON = ["cell", "hidden-size", "batch-size", "num-steps", "learning-rate", "clip-grad-norm", "epochs"]
  .concat(["seed", "threads"]);

/** The values of some flags of a command. */
function valuesOf(command: readonly string[], flags: readonly string[]): (string | undefined)[] {
  return flags.map((flag) => command[command.indexOf(`--${flag}`) + 1]);
}

for (const recipe of RECIPES) {
  Deno.test(`all systems follow one recipe: ${recipe.name}`, () => {
    const [stock, turbo, ...peers] = competitorsOf(recipe, SETTING);
    for (const { commands } of [stock!, turbo!]) {
      const [train, evaluate] = commands.map((command) =>
        command.slice(command.findIndex((word) => word.endsWith("mod.ts")) + 1)
      ) as [string[], string[]];
      parseFlags("train", train.slice(1));
      parseFlags("evaluate", evaluate.slice(1));
      assertEquals(valuesOf(train, ["out"]), valuesOf(evaluate, ["model"]));
      assertEquals(valuesOf(train, COMMON), valuesOf(stock!.commands[0]!, COMMON));
    }
    const own = valuesOf(stock!.commands[0]!, COMMON.slice(0, -1));
    for (const { commands, family } of peers) {
      assertEquals(valuesOf(commands[0]!, COMMON.slice(0, -1)), own, family);
      assertEquals(valuesOf(commands[0]!, ["windows"]), valuesOf(stock!.commands[1]!, ["windows"]));
    }
    assertEquals(
      peers.map(({ family }) => family).toSorted(),
      ["JAX", "JAX"].concat(
        ["PyTorch-1", "PyTorch-1", "PyTorch-2", "PyTorch-2"],
      ),
    );
  });
}

Deno.test("without a Python refrain is alone", () => {
  const all = competitorsOf(RECIPES[0]!, { ...SETTING, python: undefined });
  assertEquals(all.map(({ family }) => family), ["refrain", "turbo"]);
  assert(all[1]!.commands.every((command) => command.some((word) => word.startsWith("--v8-flags"))));
});
