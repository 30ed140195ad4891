/** What a run's folder holds, for comparisons. @module */

/**
 * All files of a run, without what differs between two runs of the same bits: times in the log; in config.json the folder,
 * the command with it, and what the device is like, as turbo is found by a clock; of the page that it is there.
 */
export async function filesOf(run: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name } of Deno.readDir(run)) {
    const bytes = await Deno.readFile(`${run}/${name}`);
    const text = new TextDecoder().decode(bytes);
    files[name] = name === "log.jsonl"
      ? text.replace(/"tokensPerSecond":[^,]+,"seconds":[^,]+,/g, "")
      : name === "config.json"
      ? text.replace(/\n {2}"out": .*/, "").replace(/"device": "WebAssembly.*"/, "").replace(
        /"command": ".*"/,
        "",
      )
      : name === "report.html"
      ? ""
      : bytes.toBase64();
  }
  return files;
}
