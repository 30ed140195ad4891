/** What a command says on standard error, caught. @module */

/** Runs something, and gives what it said. */
export async function quietly<T>(body: () => Promise<T>): Promise<{ value: T; said: string }> {
  const { writeSync } = Deno.stderr;
  let said = "";
  Deno.stderr.writeSync = (bytes) => {
    said += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    return { value: await body(), said };
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
}
