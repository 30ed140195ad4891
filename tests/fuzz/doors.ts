/** Every door through which untrusted input comes. @module */
import type { Door } from "./door.ts";
import { checkpoints } from "./doors/checkpoints.ts";
import { commands } from "./doors/commands.ts";
import { corpora } from "./doors/corpora.ts";
import { flags } from "./doors/flags.ts";
import { foreign } from "./doors/foreign.ts";
import { headers } from "./doors/headers.ts";
import { imports } from "./doors/imports.ts";
import { journals } from "./doors/journals.ts";
import { metadata } from "./doors/metadata.ts";
import { orders } from "./doors/orders.ts";
import { pickles } from "./doors/pickles.ts";
import { prefixes } from "./doors/prefixes.ts";
import { reports } from "./doors/reports.ts";
import { quantized } from "./doors/quantized.ts";
import { requests } from "./doors/requests.ts";
import { runs } from "./doors/runs.ts";
import { series } from "./doors/series.ts";
import { vocabularies } from "./doors/vocabularies.ts";
import { weights } from "./doors/weights.ts";

/** The doors. */
export const DOORS: readonly Door[] = [
  corpora,
  prefixes,
  orders,
  flags,
  vocabularies,
  headers,
  ...imports,
  pickles,
  metadata,
  weights,
  quantized,
  foreign,
  checkpoints,
  runs,
  journals,
  series,
  reports,
  requests,
  commands,
];
