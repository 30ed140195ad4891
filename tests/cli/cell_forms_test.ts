/** A GRU with the reset before the product and hard gates, from train to every command that takes a model. @module */
import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { filesOf } from "./files_of.ts";
import { refrain } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/song.txt`, "fa la do re mi fa sol la ti do ".repeat(12));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL =
  "--preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --device wasm --threads 1 " +
  "--seed 3 --log-every 2 --epochs 4 --length 5 --prefix fa";
const FORM = "--cell gru --reset-before --gate-activation hardSigmoid5 --num-layers 2";

async function run(words: string): Promise<string> {
  const { code, stdout, stderr } = await refrain(words.split(" "), { cwd });
  assertEquals([code, stderr], [0, ""], words);
  return stdout;
}

Deno.test("train --reset-before --gate-activation, and every command takes the model", async () => {
  const said = await run(`train ${SMALL} ${FORM} --out whole`);
  assertMatch(said, /\nmodel +GRU \(reset before the product, gates hardSigmoid5\), 2 layers of 11: /);
  await run(`train ${SMALL} ${FORM} --out parts --stop-after 5`);
  await run("train --resume parts");
  const [parts, whole] = [await filesOf(`${cwd}/parts`), await filesOf(`${cwd}/whole`)];
  for (const [name, content] of Object.entries(whole)) assertEquals(parts[name], content, name);

  const plain = await run(`train ${SMALL} --cell gru --num-layers 2 --out plain`);
  assertEquals(plain.includes("reset before"), false);
  const text = (model: string) => run(`generate --model ${model} --prefix fa --length 20 --device wasm`);
  assertEquals(await text("whole"), await text("parts"));
  for (const command of ["evaluate", "score"]) await run(`${command} --model whole --corpus song.txt`);
  assertStringIncludes(await run("info --model whole"), "GRU (reset before the product, gates hardSigmoid5)");
  await run("verify whole");
  assertMatch(await run("inspect whole --text song.txt"), /\S/);
  await run("export whole --html --out whole.html");
  const more = await run(`train ${SMALL} --init-from whole --out more`);
  assertMatch(more, /\nmodel +GRU \(reset before the product, gates hardSigmoid5\)/);
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/more/config.json`));
  assertEquals([config.resetBefore, config.gateActivation], [true, "hardSigmoid5"]);
});

Deno.test("a series is learnt by such a layer, and forecast", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${Math.sin(i / 3)}`);
  await Deno.writeTextFile(`${cwd}/sine.csv`, ["i,y", ...rows].join("\n"));
  const sizes = "--epochs 1 --num-steps 5 --hidden-size 7 --device wasm --threads 1 --seed 1";
  const told = [];
  for (const form of ["", " --reset-before --gate-activation hardSigmoid6"]) {
    await run(`train --series sine.csv --out sine${form.length} --cell gru ${sizes}${form}`);
    told.push(await run(`forecast sine${form.length} --steps 3`));
  }
  assertNotEquals(told[0], told[1]);
});

Deno.test("a form that the cell does not have, or another than the model's, is refused", async () => {
  const refused: [words: string, sentence: string][] = [
    ["--cell lstm --reset-before", 'Cannot use "--reset-before" with "--cell lstm"'],
    ["--gate-activation hardSigmoid6", 'Cannot use "--gate-activation hardSigmoid6" with "--cell rnn"'],
    [
      "--init-from plain --reset-before",
      'Cannot use "--reset-before" with "--init-from plain": the model was made without',
    ],
    [
      "--init-from plain --gate-activation hardSigmoid6",
      'Cannot use "--gate-activation hardSigmoid6" with "--init-from plain": the model\'s is sigmoid',
    ],
  ];
  for (const [words, sentence] of refused) {
    const { code, stderr } = await refrain(
      ["train", ...SMALL.split(" "), ...words.split(" "), "--out", "no"],
      { cwd },
    );
    assertEquals(code, 2, words);
    assertStringIncludes(stderr, sentence);
  }
});
