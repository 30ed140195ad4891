/**
 * The environment in which a WebGPU adapter is looked for. Mesa's drivers look for a display's socket in the folder that
 * XDG_RUNTIME_DIR names, and complain on standard error where it names none. Private to webgpu*.ts.
 *
 * @module
 */

const VARIABLE = "XDG_RUNTIME_DIR";
/** No folder, and never one: nobody can put a socket into it, as anyone can into /tmp. */
const NOWHERE = "/dev/null";

/**
 * Runs a search for an adapter with XDG_RUNTIME_DIR at a place without sockets, where the variable is not set: in Deno,
 * on Linux, with a permission that was granted before. Nothing is asked for, and the variable is unset again afterwards.
 *
 * @param search What asks for an adapter.
 * @returns What it gives.
 */
export async function withoutSockets<R>(search: () => Promise<R>): Promise<R> {
  if (!mayName() || Deno.env.has(VARIABLE)) return await search();
  Deno.env.set(VARIABLE, NOWHERE);
  try {
    return await search();
  } finally {
    Deno.env.delete(VARIABLE);
  }
}

function mayName(): boolean {
  if (!("Deno" in globalThis) || Deno.build.os !== "linux") return false;
  return Deno.permissions.querySync({ name: "env", variable: VARIABLE }).state === "granted";
}
