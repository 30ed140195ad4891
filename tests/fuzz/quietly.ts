/** What a command writes, caught. @module */

/** Colours, which a terminal is sent. */
const COLOURS = new RegExp("\x1b\\[[\\d;]*m", "g");

/** Runs something, and gives what it said on standard error; what it wrote on standard output is left out. */
export async function quietly<T>(body: () => Promise<T>): Promise<{ value: T; said: string }> {
  const { stdout, stderr } = Deno;
  const before = [{ ...stdout }, { ...stderr }] as const;
  let said = "";
  stderr.writeSync = (bytes) => {
    said += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  stdout.writeSync = (bytes) => bytes.length;
  stdout.write = (bytes) => Promise.resolve(bytes.length);
  try {
    const value = await body();
    return { value, said: said.replace(COLOURS, "") };
  } finally {
    restore(stdout, before[0]);
    restore(stderr, before[1]);
  }
}

/** Takes away what was put over the members of a class. */
function restore(stream: object, before: object): void {
  for (const name of ["write", "writeSync"] as const) {
    const own = Object.getOwnPropertyDescriptor(before, name);
    if (own) Object.defineProperty(stream, name, own);
    else Reflect.deleteProperty(stream, name);
  }
}
