/** The journal of a sweep: whole whenever its process is killed, one writer, and no other sweep's. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { Journal, journalName, readEntries, readJournals } from "../../src/sweep/journal.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { HEAD, lineOf, trialsOf } from "./lines.ts";

const TRIALS = trialsOf(4);
const LINES = TRIALS.map(lineOf);

/** A journal's bytes with so many trials. */
async function bytesOf(folder: string, trials: number = 3): Promise<Uint8Array> {
  const journal = await Journal.open(folder, HEAD);
  for (const line of LINES.slice(0, trials)) await journal.append(line);
  await journal.close();
  return await Deno.readFile(`${folder}/${journalName()}`);
}

Deno.test("a journal that was cut off at any byte keeps each whole line, and goes on behind it", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const bytes = await bytesOf(path, 2);
  const file = `${path}/${journalName()}`;
  const decoder = new TextDecoder();
  for (let length = 0; length <= bytes.length; length++) {
    await Deno.writeFile(file, bytes.subarray(0, length));
    const text = decoder.decode(bytes.subarray(0, length));
    const whole = text.split("\n").length - 1;
    // A line that lacks nothing but its line break is whole.
    const kept = Math.max(
      0,
      whole - 1 + (whole > 0 && length < bytes.length && bytes[length] === 10 ? 1 : 0),
    );
    const journal = await Journal.open(path, HEAD);
    await journal.append(LINES[3]!);
    await journal.close();
    const { lines, notes } = await readJournals(path, HEAD.sweep);
    assertEquals([lines, notes], [[...LINES.slice(0, kept), LINES[3]!], []], `${length} bytes`);
    assertEquals(readEntries(await Deno.readTextFile(file)).head, HEAD);
  }
});

Deno.test("a line that cannot be read is told, and costs no other", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const file = `${path}/${journalName()}`;
  const lines = new TextDecoder().decode(await bytesOf(path)).split("\n");
  for (
    const damage of ["", "{", "null", '{"trial":"x"}', lines[2]!.replace('"state":"done"', '"state":"so"')]
  ) {
    await Deno.writeTextFile(file, lines.with(2, damage).join("\n"));
    const read = await readJournals(path, HEAD.sweep);
    assertEquals(read.lines, [LINES[0]!, LINES[2]!], damage);
    assertEquals(read.notes, [`Line 3 of "${file}" cannot be read; a trial that stood there is run again`]);
  }
});

Deno.test("a journal of another sweep is refused by the command that began it, and stays as it was", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const bytes = await bytesOf(path);
  const file = `${path}/${journalName()}`;
  const message =
    `Cannot go on with the sweep of "${file}" as it is another one, begun by "sweep --seeds 0..4": ` +
    "name another folder";
  const other = { ...HEAD, sweep: "ba9876543210" };
  await assertRejects(() => Journal.open(path, other), RangeError, message);
  await assertRejects(() => readJournals(path, other.sweep), RangeError, message);
  await Deno.writeTextFile(file, "my diary");
  await assertRejects(
    () => Journal.open(path, HEAD),
    RangeError,
    `Cannot keep a sweep in "${file}" as another file is there`,
  );
  assertEquals(await Deno.readTextFile(file), "my diary");
  await Deno.writeFile(file, bytes);
  await (await Journal.open(path, HEAD)).close(); // nobody has it any more
  assertEquals(await Deno.readFile(file), bytes);
});

Deno.test("one process writes a journal, and tasks have one each", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const first = await Journal.open(path, HEAD, 0);
  await assertRejects(
    () => Journal.open(path, HEAD, 0),
    RangeError,
    `Cannot run the sweep in "${path}" as process `,
  );
  const second = await Journal.open(path, HEAD, 1);
  await second.append(LINES[1]!);
  await first.append(LINES[0]!);
  await Deno.writeTextFile(`${path}/journal-1.jsonl`, '{"trial":', { append: true }); // it is being written
  assertEquals(await readJournals(path, HEAD.sweep), { lines: [LINES[0]!, LINES[1]!], notes: [] });
  await first.close();
  await second.close();
  await (await Journal.open(path, HEAD, 0)).close();
});

Deno.test("what a full disk took of a line goes before the next one", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const file = `${path}/${journalName()}`;
  const journal = await Journal.open(path, HEAD);
  await journal.append(LINES[0]!);
  const write = Deno.writeTextFile;
  try {
    Deno.writeTextFile = async (path, text, options) => {
      await write(path, (text as string).slice(0, 20), options);
      throw new Error("No space left on device (os error 28)");
    };
    await assertRejects(
      () => journal.append(LINES[1]!),
      RangeError,
      `Cannot write "${file}": no space left on device`,
    );
  } finally {
    Deno.writeTextFile = write;
  }
  await journal.append(LINES[2]!);
  await journal.close();
  assertEquals(await readJournals(path, HEAD.sweep), { lines: [LINES[0]!, LINES[2]!], notes: [] });
});
