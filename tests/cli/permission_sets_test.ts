/** The sets of permissions in deno.json, and a command that `deno install` made: in a clone, as people use them. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { copyTree } from "../support/clone.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { shell } from "./shell.ts";
import { firstLine, kill } from "./spawn.ts";

const RUN = `--allow-run=${Deno.execPath()}`;
const SMALL = "--hidden-size 4 --batch-size 2 --num-steps 5 --max-chars 200 --device wasm --threads 1";
const WARNING = /^Warning Permissions in the config file is an experimental feature.*\n/gm;

/** Starts a server, asks it and ends it, once its port is free; gives the line that it printed, and what it said. */
async function serveOnce(args: readonly string[], cwd: string): Promise<[line: string, said: string]> {
  for (let tries = 0;; tries++) {
    const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    const env = { NO_COLOR: "1", DENO_NO_PROMPT: "1" };
    const child = new Deno.Command(Deno.execPath(), { args: ["run", ...args], cwd, env, ...pipes }).spawn();
    const said = new Response(child.stderr).text();
    try {
      const line = await firstLine(child);
      if (line === "" && (await said).includes("the port is taken") && tries < 60) { // by another test's server
        await new Promise((resolve) => setTimeout(resolve, 1000));
        continue;
      }
      if (line === "") return [line, await said];
      const response = await fetch("http://127.0.0.1:8000/v1/models");
      assertEquals([response.status, (await response.json()).data.length], [200, 1]);
      child.kill("SIGINT");
      assertEquals((await child.status).code, 0, await said);
      return [line, await said];
    } finally {
      kill(child);
    }
  }
}

Deno.test({ name: "a clone's sets, and its command", ignore: Deno.build.os === "windows" }, async (t) => {
  await using folder = await temporaryFolder();
  const cwd = `${folder.path}/clone`;
  await copyTree(cwd);
  await Deno.writeTextFile(`${cwd}/poem.txt`, "fa la re mi lafa remire ".repeat(20));

  /** Runs a line; gives what it said, without the driver's complaint about a variable. */
  const run = async (line: string, place = cwd): Promise<[code: number, stdout: string, stderr: string]> => {
    const { code, stdout, stderr } = await shell(line, place);
    return [code, stdout, stderr.replaceAll(WARNING, "").replaceAll(/^.*XDG_RUNTIME_DIR.*\n/gm, "")];
  };

  const device = "--device wasm --threads 1";
  const lines: [line: string, says: RegExp][] = [
    [`-P=train mod.ts train --preset tutorial ${SMALL} --epochs 1 --length 3`, /\nThe run is kept in runs\//],
    [
      `-P=train -R=poem.txt,runs mod.ts train --preset tutorial ${SMALL} --epochs 1 --length 3 --corpus poem.txt`,
      /\nThe run is kept /,
    ],
    [`-P=generate mod.ts generate ${device} --length 3`, /^fa la/],
    [`-P=evaluate -R=poem.txt,runs mod.ts evaluate ${device} --corpus poem.txt`, /\nperplexity /],
    [`-P=score mod.ts score ${device} --text la`, /\nsum of /],
    [`-P=inspect -R=poem.txt,runs mod.ts inspect ${device} --text poem.txt`, /\n1\. layer 0, /],
    ["-P=info mod.ts info", /\nmodel +runs\//],
    [`-P=profile mod.ts profile --steps 1 ${SMALL}`, /\ngemm /],
    [
      `-P=train -R=poem.txt,runs ${RUN} mod.ts train --preset tutorial ${SMALL} --epochs 1 --length 3 --corpus poem.txt --turbo`,
      /^device .*, turbo\n/,
    ],
    [`-P=generate ${RUN} mod.ts generate ${device} --length 3 --turbo`, /^fa la/],
    [`-P ${RUN} mod.ts score ${device} --text la --turbo`, /\nsum of /],
    [
      `-P=sweep ${RUN} mod.ts sweep --seeds 0..1 -- --preset tutorial ${SMALL} --epochs 1 --validation-split 0.2`,
      /\nThe report of the best is in runs\/sweep-/,
    ],
    ["-P=report mod.ts report", /^The report is in runs\/\S+\/report\.html\n$/],
    ["-P=runs mod.ts runs", /\nruns\/.*\nruns\//],
    [
      `-P mod.ts train --preset tutorial ${SMALL} --epochs 1 --length 3 && deno run -P mod.ts generate ${device} --length 3`,
      /分开/,
    ],
  ];
  for (const [line, says] of lines) {
    await t.step(`deno run ${line}`, async () => {
      const [code, stdout, stderr] = await run(`deno run ${line}`);
      const found = /^model: runs\/\S+\n$/.test(stderr) ? "" : stderr;
      assertEquals([code, found], [0, ""], stdout);
      assertMatch(stdout, says);
    });
  }

  await t.step("Deno warns of them, and they grant nothing beside the clone's runs", async () => {
    assertMatch((await shell("deno run -P=train mod.ts --version", cwd)).stderr, WARNING);
    const refusal = 'error: Cannot read "poem.txt": run with --allow-read=poem.txt,runs\n';
    assertEquals(await run(`deno run -P=train mod.ts train --preset tutorial ${SMALL} --corpus poem.txt`), [
      1,
      "",
      refusal,
    ]);
    const lacking = 'error: Cannot write "runs": run with --allow-write=runs\n';
    assertEquals(await run(`deno run -P=generate mod.ts train ${SMALL}`), [1, "", lacking]);
    const other = 'error: Cannot read "runs": run with --allow-read=runs\n';
    assertEquals(await run("deno run -P=generate clone/mod.ts generate", folder.path), [1, "", other]);
  });

  await t.step("with serve's set a server listens at 127.0.0.1:8000 alone", async () => {
    const serve = ["-P=serve", "mod.ts", "serve", ...device.split(" ")];
    const refusal = /^error: Cannot listen at 127\.0\.0\.1:8001: run with --allow-net=127\.0\.0\.1:8001$/m;
    assertMatch((await serveOnce([...serve, "--port", "8001"], cwd)).join(""), refusal);
    const [line, said] = await serveOnce(serve, cwd);
    assertMatch(line, /^Serving \S+ at http:\/\/127\.0\.0\.1:8000\n$/, said);
  });

  await t.step("deno task turbo may do what its command needs under runs/", async () => {
    const turbo = async (args: string): Promise<[code: number, stdout: string, stderr: string]> => {
      const [code, stdout, stderr] = await run(`deno task turbo ${args}`);
      return [code, stdout, stderr.replace(/^Task turbo .*\n/, "")];
    };
    const [code, stdout, stderr] = await turbo(`train --preset tutorial ${SMALL} --epochs 1 --length 3`);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /\nThe run is kept in runs\//);
    const refusal = 'error: Cannot read "poem.txt": run with --allow-read=poem.txt,runs\n';
    assertEquals(await turbo(`train --preset tutorial ${SMALL} --corpus poem.txt`), [1, "", refusal]);
    const flagged = await turbo(`train --preset tutorial ${SMALL} --epochs 1 --length 3 --turbo`); // starts nothing
    assertEquals([flagged[0], flagged[2]], [0, ""]);
  });

  await t.step(
    "deno install makes a command of it, which may do no more than it was installed with",
    async () => {
      const install = (flags: string): string =>
        `deno install -q -g -f --root installed ${flags} --allow-read=${folder.path}/mine -n refrain mod.ts`;
      await run(install(""));
      const refrain = `${cwd}/installed/bin/refrain`;
      const own = "clone/tools/std/cli/parse_args.ts";
      assertEquals(await run(`${refrain} runs`, folder.path), [
        1,
        "",
        `error: Cannot read "${own}": run with --allow-read=${own}, or install with --config deno.json\n`,
      ]);
      await run(install("--config deno.json"));
      assertEquals(await run(`${refrain} runs`, folder.path), [
        1,
        "",
        'error: Cannot read "runs": run with --allow-read=runs\n',
      ]);
      await run(install(`--config deno.json ${RUN}`)); // and no more with --turbo
      const train = `${refrain} train --preset tutorial ${SMALL} --epochs 1 --length 3 --turbo`;
      assertEquals(await run(`${train} --out ${folder.path}/other`, folder.path), [
        1,
        "",
        `error: Cannot read "${folder.path}/other" or write "${folder.path}/other": run with ` +
        `--allow-read=${folder.path}/other --allow-write=${folder.path}/other\n`,
      ]);
      await run(install(`--config deno.json ${RUN} --allow-write=${folder.path}/mine`));
      assertMatch((await run(`${train} --out ${folder.path}/mine/run`))[1], /^device .*, turbo\n/);
      await Deno.mkdir(`${folder.path}/mine/runs`, { recursive: true });
      assertEquals(await run(`${refrain} runs`, `${folder.path}/mine`), [
        0,
        "There is no run under runs/\n",
        "",
      ]);
    },
  );
});
