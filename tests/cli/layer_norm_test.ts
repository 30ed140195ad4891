/** Normalized cells, from train to every command that takes a model. @module */
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

async function run(words: string): Promise<string> {
  const { code, stdout, stderr } = await refrain(words.split(" "), { cwd });
  assertEquals([code, stderr], [0, ""], words);
  return stdout;
}

async function refused(words: string): Promise<string> {
  const { code, stderr } = await refrain(words.split(" "), { cwd });
  assertNotEquals(code, 0, words);
  return stderr;
}

for (const cell of ["rnn", "gru", "lstm"]) {
  Deno.test(`train --layer-norm of a ${cell} is stopped and goes on as if it had not been`, async () => {
    const form = `--cell ${cell} --layer-norm --num-layers 2`;
    const said = await run(`train ${SMALL} ${form} --out ${cell}`);
    assertMatch(said, /\nmodel +[A-Z]+ \((tanh, )?normalized\), 2 layers of 11: /);
    await run(`train ${SMALL} ${form} --out ${cell}-parts --stop-after 5`);
    await run(`train --resume ${cell}-parts`);
    const [parts, whole] = [await filesOf(`${cwd}/${cell}-parts`), await filesOf(`${cwd}/${cell}`)];
    for (const [name, content] of Object.entries(whole)) assertEquals(parts[name], content, name);
    const config = JSON.parse(await Deno.readTextFile(`${cwd}/${cell}/config.json`));
    assertEquals(config.layerNorm, true);
  });
}

Deno.test("every command takes a normalized model, or says in a sentence why not", async () => {
  await run(
    `train ${SMALL} --cell lstm --layer-norm --proj-size 5 --embedding-size 5 --tie-weights --out whole`,
  );
  const text = (model: string) => run(`generate --model ${model} --prefix fa --length 20 --device wasm`);
  const written = await text("whole");
  assertEquals(await text("whole/model.safetensors"), written);
  for (const command of ["evaluate", "score"]) await run(`${command} --model whole --corpus song.txt`);
  assertStringIncludes(await run("info --model whole"), "LSTM (normalized)");
  await run("verify whole");
  assertMatch(await run("inspect whole --text song.txt"), /\S/);
  await run("report whole");
  await run("export whole --html --out whole.html");
  await run("quantize whole --to f16 --out half");
  await run("quantize whole --out small");
  for (const model of ["half", "small"]) assertMatch(await text(model), /fa/);
  const more = await run(`train ${SMALL} --init-from whole --out more`);
  assertMatch(more, /\nmodel +LSTM \(normalized\)/);
  for (const format of ["onnx", "keras", "safetensors"]) {
    const said = await refused(`export whole --to ${format} --out other`);
    assertStringIncludes(said, "its recurrent cells are normalized (layerNorm), which ");
  }
});

Deno.test("a series is learnt by a normalized layer, and forecast", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${Math.sin(i / 3)}`);
  await Deno.writeTextFile(`${cwd}/sine.csv`, ["i,y", ...rows].join("\n"));
  const sizes = "--epochs 1 --num-steps 5 --hidden-size 7 --device wasm --threads 1 --seed 1";
  const told = [];
  for (const form of ["", " --layer-norm"]) {
    await run(`train --series sine.csv --out sine${form.length} --cell gru ${sizes}${form}`);
    told.push(await run(`forecast sine${form.length} --steps 3`));
  }
  assertNotEquals(told[0], told[1]);
});

Deno.test("what does not go with normalized cells is refused", async () => {
  await run(`train ${SMALL} --out plain`);
  const both = await refused(`train ${SMALL} --cell gru --reset-before --layer-norm --out no`);
  assertStringIncludes(
    both,
    'Cannot use "--layer-norm" with "--reset-before": its product with the state is normalized as a whole',
  );
  const from = await refused(`train ${SMALL} --init-from plain --layer-norm --out no`);
  assertStringIncludes(
    from,
    'Cannot use "--layer-norm" with "--init-from plain": the model was made without',
  );
});
