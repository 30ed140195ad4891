/** What `--turbo` hands on to the process that computes: what its command needs or uses, and was granted. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { TURBO } from "../../bench/harness.ts";
import { runGrant } from "../../src/cli/run_grant.ts";
import { shellWord } from "../../src/messages/shell_word.ts";
import { childOf, cwd, folder, RUN, run, SMALL, turboCommand } from "./turbo.ts";

Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
const TRAIN = ["train", "--corpus", "song.txt", ...SMALL];
const OWN = (out: string): string[] => [`-R=song.txt,${out}`, `-W=${out}`];
const onLinux = Deno.build.os === "linux";

Deno.test("what a command uses where it was granted is used under --turbo too", async () => {
  await Deno.writeTextFile(`${cwd}/lines.txt`, "fa la remi\nre mi fa\nmi lare fa la\n".repeat(40));
  const train = ["train", "--corpus=lines.txt", "--out=wants", "--prefix=mi", "--validation-split=0.4"];
  assertEquals((await run(["-R=lines.txt,wants", "-W=wants"], [...train, ...SMALL])).stderr, "");
  await Deno.mkdir(`${cwd}/away`, { recursive: true });
  await Deno.writeTextFile(`${cwd}/away/short.txt`, "fa la re");
  const device = ["--device", "wasm", "--threads", "1"];
  const all = ["-R", "-W"];
  const file = "../wants/model.safetensors";
  const rows: [grants: string[], args: string[], says: RegExp][] = [
    [all, ["inspect", "../wants", "--text", "../lines.txt"], /\nKept in \.\.\/wants\/inspect\.json\n$/],
    [all, ["inspect", file, "--top", "1"], /\nKept in \.\.\/wants\/inspect\.json\n$/],
    [["-R"], ["inspect", "../wants"], /\nNot kept for the report: run with --allow-write=\.\.\/wants\n$/],
    [["-R=../wants"], ["inspect", "../wants"], /^$/],
    [["-R"], ["evaluate", "../wants", "--corpus", "short.txt", "--baseline"], /\nbaseline loss /],
    [["-R=../wants,short.txt"], ["evaluate", "../wants", "--corpus", "short.txt", "--baseline"], /^$/],
    [["-R"], ["generate", file, "--length", "5"], /^mi/],
  ];
  for (const [grants, args, says] of rows) {
    const options = { cwd: `${cwd}/away` };
    const stock = await run(grants, [...args, ...device], options);
    assertMatch(stock.stdout, says, stock.stderr);
    const turbo = await run([...grants, RUN], [...args, ...device, "--turbo"], options);
    assertEquals(turbo, stock, args.join(" "));
  }
});

Deno.test("what is lacking is told in a sentence, and nothing is started", async () => {
  const sentence = async (...flags: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(flags, [...TRAIN, "--out", "lacking", "--turbo"]);
    assertEquals([code, stdout], [1, ""]);
    return stderr;
  };
  const grants = OWN("lacking");
  const name = `--allow-run=${runGrant()}`;
  assertEquals(
    await sentence(...grants),
    `error: Cannot start again for --turbo: run with ${shellWord(name)}\n`,
  );
  assertEquals(
    await sentence(...grants, "--deny-run"),
    "error: Cannot start again for --turbo as that is forbidden: run without --deny-run\n",
  );
  assertEquals(
    await sentence(RUN),
    'error: Cannot read "song.txt", "lacking" or write "lacking": ' +
      "run with --allow-read=song.txt,lacking --allow-write=lacking\n",
  );
  assertEquals(
    await sentence("-R", "-W", "--deny-write=lacking/model.safetensors", RUN),
    'error: Cannot start again for --turbo as a part of "lacking" is forbidden: run without --deny-write\n',
  );
  const args = [...TRAIN, "--out", "lacking", "--turbo"];
  const { code, stderr } = await run([...grants, RUN], args, { env: { LD_LIBRARY_PATH: "/opt/lib" } });
  assertEquals(
    [code, stderr],
    [
      1,
      "error: Cannot start again for --turbo as LD_LIBRARY_PATH is set: unset it, or run with --allow-run\n",
    ],
  );
  assertEquals(await Deno.stat(`${cwd}/lacking`).then(() => true, () => false), false);
});

Deno.test({
  name: "the process that is started may do what its command needs and was granted, no more",
  ignore: !onLinux,
  fn: async () => {
    const train = ["train", "--corpus=-", "--out=needs", ...SMALL, "--turbo"];
    await Deno.writeTextFile(`${cwd}/tokens,1.json`, "[]");
    await run(OWN("held"), [...TRAIN, "--out", "held"]);
    const rows: [grants: string[], args: string[], has: string[]][] = [
      [["-A"], train, ["--allow-read=needs", "--allow-write=needs", "--allow-env=XDG_RUNTIME_DIR,TERM"]],
      [["-R", "-W", RUN], train, ["--allow-read=needs", "--allow-write=needs"]],
      [["-R=.", "-W=needs", "-E", "-N", RUN], train, [
        "--allow-read=needs",
        "--allow-write=needs",
        "--allow-env=XDG_RUNTIME_DIR,TERM",
      ]],
      [
        ["-R=.", "-W=needs", RUN],
        ["train", "--corpus=song.txt", "--corpus=-", "--out=needs", "--prefix-file=tokens,1.json", "--turbo"],
        ["--allow-read=song.txt,.,needs", "--allow-write=needs"],
      ],
      [["-A"], ["profile", "--corpus=-", "--turbo"], ["--allow-env=XDG_RUNTIME_DIR,TERM"]],
      [["-R", "-W", RUN], ["inspect", "held", "--text=-", "--turbo"], [
        "--allow-read=held",
        "--allow-write=held",
      ]],
      [["-R", "-W", RUN], ["inspect", "held", "--text=-", "--no-save", "--turbo"], ["--allow-read=held"]],
      [["-R", "-W", RUN], ["evaluate", "held", "--corpus=-", "--turbo"], ["--allow-read=held"]],
      [["-R", "-W", RUN], ["evaluate", "held", "--corpus=-", "--baseline", "--turbo"], [
        "--allow-read=held,song.txt",
      ]],
    ];
    for (const [grants, args, has] of rows) {
      await using process = turboCommand(grants, args, { stdin: "piped" }).spawn();
      const { words } = await childOf(process.pid);
      const module = new URL("../../mod.ts", import.meta.url).href;
      const mark = `child-of:${process.pid}`;
      assertEquals(words.slice(1), [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-code-cache",
        ...has,
        TURBO,
        module,
        mark,
        ...args,
      ]);
      await process.stdin.close();
      await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
      await process.status;
    }
  },
});
