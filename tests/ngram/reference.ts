/**
 * Modified Kneser–Ney as its formulas stand, with a map of strings for each count: for tiny texts. (Chen & Goodman, "An
 * Empirical Study of Smoothing Techniques for Language Modeling", 1999: equation 15 for the probabilities, 17 for the
 * discounts, section 2.7 for the continuation counts.)
 *
 * @module
 */

/** Stands before a text's first token, as no token does. */
const BEGIN = -1;

/** c(g), or N1+(•g): counts by n-grams. */
type Counts = Map<string, number>;

/** Parts of a text, none of which follows another. */
export type Parts = readonly (readonly number[])[];

/** Of lines each begins with a token that nothing foretells. */
function occurrences(parts: Parts, n: number, lines: boolean): Counts {
  const counts: Counts = new Map();
  for (const part of parts) {
    for (let i = lines && n === 1 ? 1 : 0; i + n <= part.length; i++) {
      const gram = part.slice(i, i + n).join(" ");
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  return counts;
}

function continuations(parts: Parts, n: number, lines: boolean): Counts {
  const before = new Map<string, Set<number>>();
  for (const part of parts) {
    for (let i = lines ? 1 : 0; i + n <= part.length; i++) {
      const gram = part.slice(i, i + n).join(" ");
      if (!before.has(gram)) before.set(gram, new Set());
      before.get(gram)!.add(part[i - 1] ?? BEGIN);
    }
  }
  const counts = new Map([...before].map(([gram, tokens]) => [gram, tokens.size]));
  if (!lines || n === 1) return counts;
  const [start] = parts[0]!;
  const first = [...occurrences(parts, n, lines)].filter(([gram]) => gram.startsWith(`${start} `));
  return new Map([...counts, ...first]);
}

/** D1, D2, D3+ of counts; 0.5, 1, 1.5 where one is not above 0, or larger than its count. */
function discounts(counts: Counts): number[] {
  const [n1, n2, n3, n4] = [1, 2, 3, 4].map((wanted) =>
    [...counts.values()].filter((count) => count === wanted).length
  ) as [number, number, number, number];
  const y = n1 / (n1 + 2 * n2);
  const found = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3];
  return found.every((d, i) => d > 0 && d <= i + 1) ? found : [0.5, 1, 1.5];
}

/** The probability of a token behind a context, by n-grams of an order; of lines parts begin and end with their break. */
export function referenceProbability(
  parts: Parts,
  { order, size, context, token, lines = false }: {
    order: number;
    size: number;
    context: readonly number[];
    token: number;
    lines?: boolean;
  },
): number {
  const probabilityOf = (n: number): number => {
    if (n === 0) return 1 / size;
    const shorter = probabilityOf(n - 1);
    if (context.length < n - 1) return shorter;
    const counts = n === order ? occurrences(parts, n, lines) : continuations(parts, n, lines);
    const d = discounts(counts);
    const head = context.slice(context.length - n + 1);
    const behind = Array.from({ length: size }, (_, w) => counts.get([...head, w].join(" ")) ?? 0);
    const total = behind.reduce((sum, count) => sum + count, 0);
    if (total === 0) return shorter;
    const [one, two, more] = [1, 2, 3].map((wanted) =>
      behind.filter((count) => wanted < 3 ? count === wanted : count >= 3).length
    ) as [number, number, number];
    const left = (d[0]! * one + d[1]! * two + d[2]! * more) / total;
    const count = behind[token]!;
    const own = Math.max(count - (count === 0 ? 0 : d[Math.min(count, 3) - 1]!), 0);
    return own / total + left * shorter;
  };
  return probabilityOf(order);
}
