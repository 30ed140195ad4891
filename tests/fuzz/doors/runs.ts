/** A run's folder: its settings and its log, as `--resume`, `runs` and `generate` read them. @module */
import { assertEquals } from "@std/assert";
import { Vocabulary } from "../../../mod.ts";
import { parseFlags } from "../../../src/cli/parse_flags.ts";
import { generatePrefixes } from "../../../src/cli/prefixes.ts";
import { resumedSettings } from "../../../src/cli/train/resume.ts";
import { checkFile } from "../../../src/cli/verify_run/check_file.ts";
import { listRuns } from "../../../src/files/list_runs.ts";
import { RunFolder } from "../../../src/files/run_folder.ts";
import type { Random } from "../../../src/random.ts";
import { temporaryFolder } from "../../files/temporary_folder.ts";
import { type Door, tryToo } from "../door.ts";
import { drawBytes, mutateBytes, mutateJson, mutateText, oneIn } from "../mutate.ts";

interface Input {
  readonly config: Uint8Array<ArrayBuffer>;
  readonly log: Uint8Array<ArrayBuffer>;
  readonly lines: number;
}

const ABSENT = { resume: "run" } as const;
const CONFIG = {
  version: "0.1.0",
  ...parseFlags("train", ["--corpus=a", "--schedule=cosine", "--validation-split=0.1", "--time-budget=5m"]),
  prefix: ["a", "分"],
  temperature: 0.8,
  facts: { corpus: "a", characters: 12 },
};
const REPORT = { epoch: 3, loss: 1.5, validationLoss: 2, samples: [{ prefix: "a", text: "ab" }] };

function bytesOf(value: unknown, random: Random): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(
    oneIn(4, random) ? value : mutateJson(value, random),
    null,
    oneIn(2, random) ? 2 : 0,
  );
  const bytes = new TextEncoder().encode(oneIn(8, random) ? mutateText(text, random) : text);
  return oneIn(12, random) ? mutateBytes(bytes, random) : bytes;
}

function drawLog(random: Random): Uint8Array<ArrayBuffer> {
  if (oneIn(12, random)) return drawBytes(random, random.integer(50));
  const lines = Array.from({ length: 1 + random.integer(3) }, () => [...bytesOf(REPORT, random), 10]).flat();
  return oneIn(3, random) ? mutateBytes(Uint8Array.from(lines), random) : Uint8Array.from(lines);
}

/** The door. */
export const runs: Door<Input> = {
  name: "runs",
  async open() {
    const folder = await temporaryFolder();
    const path = `${folder.path}/run`;
    await Deno.mkdir(path);
    const vocabulary = Vocabulary.fromText("ab分开");
    return {
      draw: (random) => ({ config: bytesOf(CONFIG, random), log: drawLog(random), lines: random.integer(4) }),
      async use({ config, log, lines }) {
        await Deno.writeFile(`${path}/config.json`, config);
        await Deno.writeFile(`${path}/log.jsonl`, log);
        const [listed] = await listRuns(folder.path);
        const { epoch, epochs, loss } = listed!;
        for (const number of [epoch!, epochs ?? 0, loss ?? 0]) {
          assertEquals(typeof number.toFixed(2), "string");
        }
        await tryToo(() => checkFile(`${path}/log.jsonl`, "log.jsonl", {}));
        await tryToo(() => checkFile(`${path}/config.json`, "config.json", {}));
        const run = await RunFolder.open(path);
        try {
          const settings = { ...parseFlags("train", []), ...ABSENT };
          const resumed = resumedSettings(await run.readConfig(), settings, new Set());
          const kept = await run.cut({ log: lines, samples: 0 });
          await generatePrefixes([], vocabulary, `${path}/model.safetensors`);
          return async () => {
            const again = resumedSettings(JSON.parse(JSON.stringify(resumed)), settings, new Set());
            assertEquals(again, resumed);
            const text = await Deno.readTextFile(`${path}/log.jsonl`);
            assertEquals([text.split("\n").length - 1, kept.log <= lines], [kept.log, true]);
          };
        } finally {
          await run.close();
        }
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
};
