/**
 * Asks Python's safetensors which of the mutants of tests/files/safetensors_mutants.ts it accepts, and writes its
 * verdicts to safetensors_verdicts.json beside this script, which the tests hold refrain to.
 *
 *     deno run -A tests/golden/safetensors_verdicts.ts
 *
 * runs `python3`, or the Python that REFRAIN_PYTHON names; the package safetensors must be installed there.
 *
 * @module
 */
import { MUTANTS, mutants } from "../files/safetensors_mutants.ts";

/** Reads files that are each preceded by their length, and prints a 1 for each that is accepted, else a 0. */
const JUDGE = `
import platform, struct, sys
import safetensors
print(safetensors.__version__, platform.python_version())
with open(sys.argv[1], "rb") as file:
    while size := file.read(4):
        try:
            safetensors.deserialize(file.read(struct.unpack("<I", size)[0]))
            print(1, end="")
        except safetensors.SafetensorError:
            print(0, end="")
`;

/** SHA-256 over all mutants, each preceded by its length in 4 bytes, little-endian. */
export async function packMutants(): Promise<{ bytes: Uint8Array<ArrayBuffer>; sha256: string }> {
  const parts = [...mutants()].flatMap((mutant) => [
    new Uint8Array(Uint32Array.of(mutant.length).buffer),
    mutant,
  ]);
  const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  return { bytes, sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex() };
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir();
  const { bytes, sha256 } = await packMutants();
  await Deno.writeFile(`${folder}/mutants`, bytes);
  const python = Deno.env.get("REFRAIN_PYTHON") ?? "python3";
  const { success, stdout } = await new Deno.Command(python, {
    args: ["-c", JUDGE, `${folder}/mutants`],
    stderr: "inherit",
  }).output();
  await Deno.remove(folder, { recursive: true });
  const [versions, bits] = new TextDecoder().decode(stdout).split("\n") as [string, string];
  if (!success || bits.length !== MUTANTS) throw new Error(`Cannot use ${bits?.length} verdicts`);
  const verdicts = new Uint8Array(MUTANTS / 8);
  [...bits].forEach((bit, i) => {
verdicts[i >> 3]! |= Number(bit) << (i & 7);
});
  const [safetensors, version] = versions.split(" ");
  const file = {
    about:
      "which mutants Python's safetensors accepts: bit i % 8 of byte i / 8 is 1 where it accepts mutant i",
    command: "deno run -A tests/golden/safetensors_verdicts.ts",
    safetensors,
    python: version,
    mutants: MUTANTS,
    sha256,
    verdicts: verdicts.toBase64(),
  };
  await Deno.writeTextFile(
    new URL("safetensors_verdicts.json", import.meta.url),
    `${JSON.stringify(file, null, 2)}\n`,
  );
  console.log(`${[...bits].filter((bit) => bit === "1").length} of ${MUTANTS} are accepted`);
}
