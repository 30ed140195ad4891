/** The page of a report as text: what is in it, what its policy lets run, and that text of runs stays text. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { report } from "../../mod.ts";
import { PAGE } from "../../src/generated/report_page.ts";
import { LICENSE } from "../../src/generated/uplot.ts";
import { visible } from "../../src/messages/visible.ts";
import { PALETTE } from "../../src/report/palette.ts";
import { STEPS } from "../../src/report/sections.ts";
import { importsOf } from "../support/source_files.ts";
import { assertOwnMarkup, dataOf, markupOf } from "./read_page.ts";
import { hostile, hostileRun, line, runOf } from "./runs.ts";

/** Bytes of a page before its data. */
const MOST = 120_000;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

Deno.test("a page has what its run has: numbers, samples, settings, facts and the command", async () => {
  const page = await report([runOf("first", 40)]).html();
  assert(
    bytesOf(page) - bytesOf(Object.values(dataOf(page)).map((data) => JSON.stringify(data)).join()) < MOST,
  );
  const { data, ...columns } = dataOf(page) as { data: { charts: { id: string; lines: object[] }[] } };
  assertEquals(data.charts.map(({ id, lines }) => [id, lines.length]), [
    ["loss", 2],
    ["perplexity", 2],
    ["rate", 1],
    ["norm", 1],
    ["speed", 1],
  ]);
  const wanted = ["epoch", "loss", "validationLoss", "learningRate", "gradNorm", "tokensPerSecond"];
  assertEquals(Object.keys(columns), wanted.map((name) => `0-${name}`));
  assertEquals((columns as Record<string, unknown[]>)["0-loss"]!.slice(0, 2), [5, 3]);
  const told = [
    "<title>first</title>",
    "LSTM, 2 layers of 256",
    "90,123",
    "poems.txt: 12,345 tokens, 678 distinct",
    "WebAssembly, 2 threads",
    "deno run --allow-read=poems.txt,runs mod.ts train --corpus poems.txt",
    "2.25 (perplexity 9.4877)",
    '<p class="label">Epoch 40</p><p class="text" dir="auto"><b>分开</b>了 40</p>',
    '<th scope="row">hidden-size</th><td>256</td>',
    "40 of 40",
  ];
  for (const text of told) assertStringIncludes(page, text);
  assertEquals(page.includes("/home"), false, "where it was trained is nobody's business");
});

Deno.test("samples are shown whole; where those of some reports are left out, the page says so", async () => {
  const samples = Array.from(
    { length: 12 },
    (_, index) => ({ prefix: "a", text: `a${"b".repeat(3000)}${index}` }),
  );
  const few = await report([{ name: "few", log: [{ epoch: 1, loss: 1, samples }] }]).html();
  for (let index = 0; index < 12; index++) {
    assertStringIncludes(few, `<b>a</b>${"b".repeat(3000)}${index}</p>`);
  }
  assertStringIncludes(await report([runOf("first", 24)]).html(), "<summary>Earlier ones</summary>");
  const many = await report([runOf("many", 1250)]).html();
  assertStringIncludes(many, "<summary>Earlier ones: 23 of 1,249, log.jsonl has all</summary>");
  assertEquals(many.match(/<div class="samples">/g)?.length, 24);
});

Deno.test("what is counted has all its digits", async () => {
  const facts = { corpus: "t", characters: 123_456_789, vocabularySize: 98_765_432, parameters: 12_345_678 };
  const page = await report([{ name: "large", log: "", config: { facts } }]).html();
  for (const text of ["t: 123,456,789 tokens, 98,765,432 distinct", "<td>12,345,678</td>"]) {
    assertStringIncludes(page, text);
  }
});

Deno.test("a page before its data has 120 kB at most, and asks for nothing", async () => {
  const page = await report([{ name: "empty", log: "" }]).html();
  assert(bytesOf(page) < MOST, `${bytesOf(page)} bytes`);
  assert(bytesOf(page) > 50_000, "uPlot is in it");
  assertEquals(markupOf(page).match(/\s(src|href|style|on\w+|action|background|srcset|data)\s*=/gi), null);
  assertEquals(page.match(/@import|url\(/g), null);
  assertStringIncludes(page, LICENSE.trim());
});

Deno.test("its policy names what it runs by hash, and lets nothing else in", async () => {
  const page = await report([runOf("first", 3)]).html();
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)![1]!;
  assertMatch(
    policy,
    /^default-src 'none'; script-src '[^']+' '[^']+'; style-src '[^']+' '[^']+'; base-uri 'none'; form-action 'none'$/,
  );
  assert(page.indexOf("Content-Security-Policy") < page.indexOf("<style>"), "first of all");
  const inline = [...page.matchAll(/<(?:script|style)>([^]*?)<\/(?:script|style)>/g)].map(([, text]) =>
    text!
  );
  assertEquals(inline.length, 4);
  for (const text of inline) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    assertStringIncludes(policy, `'sha256-${hash.toBase64()}'`);
  }
});

Deno.test("text of a run is data wherever it stands, never markup", async () => {
  for (const runs of [[hostileRun()], [hostileRun(), runOf("second", 3), hostileRun()]]) {
    const page = await report(runs).html();
    assertOwnMarkup(page);
    assertEquals(markupOf(page).match(/<svg/g)?.length, 1, "the still picture alone");
    assertEquals(page.includes("\u202e") || page.includes("\0"), false, "no character turns the writing");
    const { charts } = dataOf(page)["data"] as { charts: { lines: { label: string }[] }[] };
    const label = charts[0]!.lines[0]!.label;
    assertEquals(label, runs.length > 1 ? `${visible(hostile())}, training` : "training");
    assertStringIncludes(page, "&lt;img src=&quot;/noticed?image&quot;");
  }
});

Deno.test("runs are side by side: curves in their colours, and what differs in their settings", async () => {
  const runs = [runOf("a", 5), runOf("b", 9, { hiddenSize: 512, dropout: 0.5 })];
  const page = await report(runs).html();
  const { data } = dataOf(page) as {
    data: { charts: { lines: { label: string; color: number; dashed: boolean }[] }[] };
  };
  assertEquals(data.charts[0]!.lines.map(({ label, color, dashed }) => [label, color, dashed]), [
    ["a, training", 0, false],
    ["a, validation", 0, true],
    ["b, training", 1, false],
    ["b, validation", 1, true],
  ]);
  const differing = /aria-label="Settings that differ".*?<\/table>/s.exec(page)![0];
  assertEquals(
    [...differing.matchAll(/<th scope="row">(.*?)<\/th><td>(.*?)<\/td><td>(.*?)<\/td>/g)].map((match) =>
      match.slice(1)
    ),
    [
      ["epochs", "5", "9"],
      ["hidden-size", "256", "512"],
      ["dropout", "–", "0.5"],
    ],
  );
  assertStringIncludes(await report([runOf("a", 5), runOf("b", 5)]).html(), "All settings are the same.");
});

Deno.test("the style has every colour that markup, script and still picture name", () => {
  const style = PAGE.style!;
  const [light, dark] = [...style.matchAll(/:root\{([^}]*)\}/g)].map(([, body]) =>
    [...body!.matchAll(/--line-(\d+):([^;]*)/g)].map(([, index, color]) => [Number(index), color])
  );
  assertEquals(light, PALETTE.map((color, index) => [index, color]));
  assertEquals(dark!.map(([index]) => index), light!.map(([index]) => index));
  const classes = [...style.matchAll(/\.([pn]\d+)\{/g)].map(([, name]) => name);
  const wanted = ["p", "n"].flatMap((sign) => Array.from({ length: STEPS }, (_, i) => `${sign}${i + 1}`));
  assertEquals(classes, wanted);
});

Deno.test("what is damaged is a sentence, and the rest is shown", async () => {
  const cases: [log: string, config: string | undefined, notes: string[]][] = [
    [`${line(1)}\n${line(2).slice(0, 30)}`, undefined, ["the last line of its log is cut off and left out"]],
    [`${line(1)}\nnull\n[]\n`, undefined, [
      "2 lines of its log are no reports and left out: the first is line 2",
    ]],
    [`${line(1)}\noops\n${line(2)}\n`, undefined, ["1 line of its log is no report and left out: line 2"]],
    [
      `${line(1)}\n${line(2, { loss: null })}\n${line(3, { loss: "NaN" })}\n`,
      undefined,
      ["the training loss is no finite number in 2 of 3 reports: its curve has gaps there"],
    ],
    [
      '{"epoch":1,"loss":NaN}\n{"epoch":2,"loss":-Infinity}\n',
      undefined,
      ["the training loss is no finite number in any of its 2 reports"],
    ],
    ["", "{", ["its config.json is damaged and left out", "it has no report yet"]],
    ["", '{"version":"0.1.0"}', ["it has no report yet"]],
    ['{"a":1}\n{"b":2}\n', undefined, ["none of its reports has a number that can be shown"]],
    [`${line(2)}\n${line(1)}\n`, "[]", [
      "its config.json is damaged and left out",
      "its reports are not in order: they are shown by epoch",
    ]],
  ];
  for (const [log, config, notes] of cases) {
    const made = report([{ name: "x", log, config }, runOf("sound", 3)]);
    assertEquals(made.notes, notes.map((note) => `Run "x": ${note}`), log);
    const page = await made.html();
    for (const note of notes) assertStringIncludes(page, note);
    assertStringIncludes(page, "sound");
  }
  const { notes } = report([{ name: "old", log: '{"epoch":1,"loss":2}\n{"epoch":2,"loss":1}\n' }]);
  assertEquals(notes, [], "a run of an earlier refrain lacks fields, which is no damage");
});

Deno.test("what inspect found is text in its colours; what is damaged of it is left out", async () => {
  const unit = {
    unit: 7,
    layer: 1,
    feature: "quotes",
    correlation: 0.99123,
    pieces: [{ tokens: ["a", '"', "b", "c"], activations: [0.01, 1, 0.98, -0.3] }],
  };
  const units = [unit, { ...unit, pieces: [{ tokens: ["a"], activations: [] }] }, {
    ...unit,
    correlation: "1",
  }];
  const made = report([{ ...runOf("x", 2), inspection: { text: "t.txt", units } }]);
  assertEquals(made.notes, ['Run "x": of what inspect found 2 units are damaged and left out']);
  const page = await made.html();
  assertStringIncludes(page, "Layer 1, h[7] follows quotes: correlation 0.991");
  assertStringIncludes(page, '<span>a</span><span class="p8">&quot;b</span><span class="n2">c</span>');
  const many = { text: "t.txt", units: Array.from({ length: 20 }, (_, index) => ({ ...unit, unit: index })) };
  const all = await report([{ ...runOf("x", 2), inspection: many }]).html();
  assertEquals(all.match(/h\[\d+\] follows quotes/g)?.length, 20);
  const broken = report([{ ...runOf("x", 2), inspection: "{" }]);
  assertEquals(broken.notes, ['Run "x": what was found by inspect is damaged and left out']);
});

Deno.test("what a page is made of is loaded with the first page, not with the library or the command line", () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: target, dynamic } of importsOf(path)) if (!dynamic) visit(target);
  };
  visit("mod.ts");
  visit("src/cli/main.ts");
  visit("src/cli/train.ts");
  visit("src/cli/report.ts");
  assert(seen.has("src/report.ts"));
  assertEquals([...seen].filter((path) => /generated\/(uplot|report_page)/.test(path)), []);
});
