/** The app as a program: in a browser its report goes to the server, elsewhere to the console. @module */
import { trainWith } from "./app.ts";

const { process } = globalThis as { process?: { argv: string[] } };
if (process) {
  console.log(JSON.stringify(await trainWith(Number(process.argv[2]))));
} else {
  const report = await trainWith(2).then(
    (wasm) => ({ trained: { wasm }, lines: [] }),
    (error) => ({ error: `${error}` }),
  );
  await fetch("/report", { method: "POST", body: JSON.stringify(report) });
}
