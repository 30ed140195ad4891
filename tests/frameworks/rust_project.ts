/** burn and candle, pinned, in a project of Rust that makes models with them. @module */

/** What the project has. */
const MANIFEST = `[package]
name = "rust_models"
version = "0.0.0"
edition = "2024"

[dependencies]
burn = { version = "=0.20.1", default-features = false, features = ["std", "ndarray"] }
burn-store = { version = "=0.20.1", default-features = false, features = ["std", "safetensors"] }
candle-core = "=0.11.1"
candle-nn = "=0.11.1"

[profile.dev]
debug = false
incremental = false
`;

/**
 * Writes the project.
 *
 * @param folder Where models go, and the project beside them.
 * @returns The arguments of cargo, which then makes the models.
 */
export async function rustProject(folder: string): Promise<string[]> {
  const project = `${folder}/rust_project`;
  await Deno.mkdir(`${project}/src`, { recursive: true });
  await Deno.writeTextFile(`${project}/Cargo.toml`, MANIFEST);
  await Deno.copyFile(new URL("rust_models.rs", import.meta.url), `${project}/src/main.rs`);
  return ["run", "--quiet", "--manifest-path", `${project}/Cargo.toml`, "--", folder];
}

/** Whether there is cargo, Rust's package manager. */
export async function hasCargo(): Promise<boolean> {
  try {
    return (await new Deno.Command("cargo", { args: ["--version"], stdout: "null" }).output()).success;
  } catch {
    return false;
  }
}
