/**
 * `deno task exchange`: models of other frameworks, made and saved by them, imported, their answers compared with the
 * frameworks' own: a difference of 1e-5 at most, and a refusal with its reason where refrain has no such model. It needs
 * npm, PyPI and a Python with venv.
 *
 *     deno task exchange             all frameworks
 *     deno task exchange --golden    writes those files anew that tests keep
 *     deno task exchange --keep DIR  installs and writes there, and takes what is there
 *
 * @module
 */
import { importModel, openDevice } from "../../mod.ts";
import { type Case, difference } from "./compare.ts";
import { GOLDEN, makeGolden } from "./golden.ts";
import { makeModels } from "./make_models.ts";

/** The most that an output may differ. */
const TOLERANCE = 1e-5;

const keep = Deno.args[Deno.args.indexOf("--keep") + 1];
const folder = Deno.args.includes("--keep") ? keep! : await Deno.makeTempDir();
using device = await openDevice("wasm", { threads: 1 });
const wrong: string[] = [];
let worst = 0;
let count = 0;

async function judge(one: Case, files: string | readonly string[]): Promise<void> {
  const [file] = [files].flat();
  count++;
  try {
    const { nonlinearity } = one;
    const paths = [files].flat().map((name) => `${folder}/${name}`);
    const imported = await importModel(paths, device, nonlinearity && { nonlinearity });
    if (one.refused) return void wrong.push(`${file} is not refused: it must say ${one.refused}`);
    const found = await difference(device, imported, one);
    worst = Math.max(worst, found);
    if (!(found <= TOLERANCE)) wrong.push(`${file} differs by ${found}`);
  } catch (error) {
    const { message } = error as Error;
    if (!one.refused || !message.startsWith("Cannot import") || !message.includes(one.refused)) {
      wrong.push(`${file}: ${message}`);
    }
  }
}

for await (const cases of makeModels(folder)) {
  for (const one of cases) for (const files of one.files) await judge(one, files);
  if (Deno.args.includes("--golden")) await makeGolden(folder, cases);
}
for (const fault of wrong) console.log(`WRONG ${fault}`);
console.log(`${count} files, ${wrong.length} wrong, the largest difference ${worst.toExponential(1)}`);
if (Deno.args.includes("--golden")) console.log(`Files that tests keep are in ${GOLDEN.pathname}`);
if (!Deno.args.includes("--keep")) await Deno.remove(folder, { recursive: true });
Deno.exitCode = wrong.length > 0 ? 1 : 0;
