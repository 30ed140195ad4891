/**
 * Yearly sunspot numbers, 1700 to 2008, as PyPI's package statsmodels carries them: public domain, of the National Geophysical
 * Data Center, http://www.ngdc.noaa.gov/stp/solar/solarda3.html.
 *
 * @module
 */

/** Has pip unpack the package, and prints its file. */
const FETCH = `
import pathlib, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
    if subprocess.run([*pip, "statsmodels==0.14.5"]).returncode: sys.exit(1)
    print(pathlib.Path(folder, "statsmodels/datasets/sunspots/sunspots.csv").read_text())
`;

/** Fetches the package; an error says why it cannot. */
export async function fetchSunspots(): Promise<string> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("python3", { args: ["-c", FETCH] }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
    return new TextDecoder().decode(stdout);
  } catch (error) {
    throw new Error(`Cannot fetch sunspots with the pip of python3: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
