/** What `info` tells of a model: the refrain that wrote it, how far it was trained, and on which text. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { VERSION } from "../../src/version.ts";
import { refrain } from "./spawn.ts";

const FLAGS = "--hidden-size 4 --epochs 2 --log-every 2 --device wasm --threads 1 --length 3 --batch-size 3";
const root = decodeURIComponent(new URL("../golden/", import.meta.url).pathname);

Deno.test("a run's files say epoch, step, version and text, and info shows them", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  const { code, stderr } = await refrain(["train", ...FLAGS.split(" "), "--out", "run"], { cwd });
  assertEquals([code, stderr], [0, ""]);
  const origin = async (name: string): Promise<Record<string, string>> => {
    const { metadata } = decodeSafetensors(await Deno.readFile(`${cwd}/run/${name}.safetensors`));
    return Object.fromEntries(
      ["release", "epoch", "step", "corpus"].map((key) => [key, metadata[`refrain.${key}`]!]),
    );
  };
  const { steps } = JSON.parse(await Deno.readTextFile(`${cwd}/run/log.jsonl`));
  const said = await origin("model");
  assertEquals(await origin("checkpoint"), said);
  assertEquals([said["release"], said["epoch"], said["step"]], [VERSION, "2", `${steps}`]);
  const { stdout } = await refrain(["info", "run"], { cwd });
  const lines = stdout.slice(stdout.indexOf("\nmodel ")).split("\n").map((line) => line.trim());
  assertEquals(lines.slice(4, 7), [
    `file: format 3, of refrain ${VERSION}`,
    `trained: ${steps} steps, epoch 2`,
    `text: SHA-256 of its ids ${said["corpus"]}`,
  ]);
});

Deno.test("info tells what older files and other programs' do not say", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  for (const version of [1, 2]) {
    const { stdout } = await refrain(["info", "--model", `${root}format_${version}/model.safetensors`], {
      cwd,
    });
    assertMatch(stdout, new RegExp(`\\n +file: format ${version}\\n$`));
  }
  const python = `${root}from_python/`;
  const args = ["info", "--model", `${python}model.safetensors`, "--vocabulary", `${python}vocabulary.json`];
  assertMatch((await refrain(args, { cwd })).stdout, /\n +file: of another program\n$/);
});

Deno.test("info tells which MPI is taken where it may be called, and looks for none elsewhere", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  const said = async (grants: string[], ...flags: string[]): Promise<string | undefined> => {
    const { stdout } = await refrain(["info", ...flags], { cwd, grants });
    return /^mpi +(.*)$/m.exec(stdout)?.[1];
  };
  assertEquals(await said(["--allow-env"]), "not looked for: --allow-ffi shows it");
  assertMatch(
    (await said(["-A"], "--mpi-library", "./none.so"))!,
    /^absent: Cannot open "\.\/none\.so" as MPI: [^:]/,
  );
  assertEquals(
    await said(["-A"], "--mpi-library", ""),
    'absent: Cannot open "" as MPI: it names no library',
  );
  assertMatch(
    (await said(["-A"]))!,
    /^(lib\S+: .*, by .*; --mpi-library names another|absent: .*--mpi-library names a library)$/,
  );
});
