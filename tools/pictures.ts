/**
 * Takes the pictures of the READMEs anew: a training at a terminal, its report, and its playground, by Chromium.
 *
 *     deno run -A tools/pictures.ts
 *
 * @module
 */
import { launchChromium, openPage } from "../tests/browser/launch.ts";
import { atTerminal } from "../tests/cli/terminal.ts";

const FOLDER = new URL("../examples/pictures/", import.meta.url);
/** Rows and columns of the terminal. */
const SIZE = [30, 100] as const;
/** The run, which is removed afterwards. */
const RUN = "runs/lyrics";
/** What is on show: a model that learns its text within a minute. */
const TRAIN = [
  "train",
  "--epochs",
  "100",
  "--log-every",
  "25",
  "--seed",
  "1",
  "--length",
  "30",
  "--out",
  RUN,
];
/** Colours of a terminal's codes. */
const COLOURS: Readonly<Record<string, string>> = {
  "1": "font-weight: bold",
  "2": "opacity: 0.65",
  "31": "color: #e06c75",
  "36": "color: #56b6c2",
};

/** What a terminal shows of a program's output: a line that is written over shows its last text. */
function screenOf(output: string): string[] {
  return output.split("\n").map((line) =>
    line.split("\r").findLast((text) => text.replace("\x1b[K", "") !== "") ?? ""
  );
}

/** A line of a terminal as HTML. */
function htmlOf(line: string): string {
  // deno-lint-ignore no-control-regex
  const safe = line.replaceAll(/\x1b\[\d*[A-JK-Z]/g, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return safe.replaceAll(
    // deno-lint-ignore no-control-regex
    /\x1b\[([\d;]*)m/g,
    (_, code) => code === "0" ? "</span>" : `<span style="${COLOURS[code] ?? ""}">`,
  );
}

/** Takes a picture of a page. */
async function shoot(path: string, name: string, [width, height]: readonly [number, number]): Promise<void> {
  await using browser = await launchChromium();
  const page = await openPage(browser);
  await page.setViewportSize({ width, height });
  await page.goto(`file://${path}`);
  await page.screenshot({ path: decodeURIComponent(new URL(name, FOLDER).pathname) });
}

/** Takes a picture of a playground that has written, of one of its characters and what else could have come. */
async function shootPlayground(file: string, name: string): Promise<void> {
  await using browser = await launchChromium();
  await using page = await openPage(browser, { offline: true });
  await page.goto(`file://${file}`);
  const play = page.getByRole("region", { name: "Play", exact: true });
  await play.getByLabel("Text to go on from").fill("分开");
  await play.getByLabel("Texts", { exact: true }).fill("2");
  await play.getByRole("button", { name: "Write" }).click();
  await play.getByText("Done: 400 characters.").waitFor();
  await play.locator(".drawn span").nth(21).click();
  await page.screenshot({ path: decodeURIComponent(new URL(name, FOLDER).pathname), fullPage: true });
}

await Deno.mkdir(FOLDER, { recursive: true });
const cwd = decodeURIComponent(new URL("..", import.meta.url).pathname);
const page = await Deno.makeTempFile({ suffix: ".html" });
try {
  const reports = [25, 50, 75, 100].map((epoch) => ({ until: `epoch ${epoch}\x1b` }));
  const { output } = await atTerminal(TRAIN, [{ size: SIZE }, ...reports], { cwd });
  // Up to a line that is written over and over, which the next report takes away.
  const live = output.indexOf("epoch 88/100");
  const shown = output.slice(0, output.indexOf("\r", live));
  const lines = screenOf(shown).slice(-SIZE[0]).map(htmlOf);
  await Deno.writeTextFile(
    page,
    `<!doctype html><meta charset="utf-8"><style>
      body { margin: 0; padding: 18px; background: #1d2026; color: #d7dae0 }
      pre { margin: 0; width: 100ch; white-space: pre-wrap; font: 15px/1.45 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace }
    </style><pre>$ refrain ${TRAIN.join(" ")}\n${lines.join("\n")}</pre>`,
  );
  await shoot(page, "train.png", [980, 56 + 22 * (lines.length + 3)]);
  // More reports make more of a curve.
  await Deno.remove(`${cwd}${RUN}`, { recursive: true });
  const often = TRAIN.with(TRAIN.indexOf("--log-every") + 1, "2");
  await new Deno.Command(Deno.execPath(), { args: ["run", "-A", "mod.ts", ...often], cwd, stdout: "null" })
    .output();
  await shoot(`${cwd}${RUN}/report.html`, "report.png", [1280, 1300]);
  const playground = `${RUN}/playground.html`;
  const words = ["run", "-A", "mod.ts", "export", RUN, "--html", "--out", playground];
  await new Deno.Command(Deno.execPath(), { args: words, cwd, stdout: "null" }).output();
  await shootPlayground(`${cwd}${playground}`, "playground.png");
} finally {
  await Deno.remove(page);
  await Deno.remove(`${cwd}${RUN}`, { recursive: true });
}
