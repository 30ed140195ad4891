/**
 * `deno task openapi`: a server's answers against the OpenAPI document that is published of the interface whose shape they
 * have. Each is broken in many ways too, which must be refused. It needs npm, PyPI and a Python with pip.
 *
 * @module
 */
import type { Completion } from "../serve/served.ts";
import { type Answer, completions, errors, lists } from "./answers.ts";
import { type Break, BREAKS, broken } from "./breaks.ts";
import { type Judge, openDocument } from "./document.ts";
import { EXCEPTIONS } from "./exceptions.ts";

/** What was found. */
const tried = { answers: 0, broken: 0 };
const wrong: string[] = [];
/** How often each exception was met, and each way to break. */
const met = new Map<string, number>(Object.keys(EXCEPTIONS).map((name) => [name, 0]));
const ways = new Map<Break, number>(Object.values(BREAKS).flat().map((way) => [way, 0]));

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** What of an answer is against the document, but for the exceptions. */
function judge(judgeOf: Judge, { schema, value, place }: Answer): readonly string[] {
  if (!place) return judgeOf(schema, value);
  const copy = structuredClone(value) as Completion;
  if (Array.isArray(copy.choices)) {
    for (const [name, takeOut] of Object.entries(EXCEPTIONS)) if (takeOut(copy, place)) add(met, name);
  }
  return judgeOf(schema, copy);
}

async function judgeAll(answers: AsyncIterable<Answer>, judgeOf: Judge): Promise<void> {
  for await (const answer of answers) {
    tried.answers++;
    const faults = judge(judgeOf, answer);
    if (faults.length > 0) {
      wrong.push(`${answer.what}: ${faults.join(", ")}\n${JSON.stringify(answer.value)}`);
      continue;
    }
    for (const way of BREAKS[answer.schema]) {
      const value = broken(answer.value, way);
      if (value === undefined) continue;
      tried.broken++;
      add(ways, way);
      if (judge(judgeOf, { ...answer, value }).length > 0) continue;
      wrong.push(`${answer.what}: with ${way[0]} ${JSON.stringify(way[1])} it is not refused`);
    }
  }
}

const judgeOf = await openDocument();
for (const answers of [completions(), lists(), errors()]) await judgeAll(answers, judgeOf);
for (const [name, count] of met) if (count === 0) wrong.push(`no answer has the exception: ${name}`);
for (const [[path, value], count] of ways) {
  if (count === 0) wrong.push(`no answer could be broken by ${path} ${JSON.stringify(value)}`);
}
for (const fault of wrong) console.log(`WRONG ${fault}`);
console.log(
  `openapi: ${tried.answers} answers judged, ${tried.broken} broken ones refused, ${wrong.length} wrong`,
);
Deno.exitCode = wrong.length > 0 ? 1 : 0;
