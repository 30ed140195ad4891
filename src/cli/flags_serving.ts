/**
 * The flags that say where models are served, and to whom: a part of the table in flags.ts.
 *
 * @module
 */

/** Headings, names and rows. */
export const SERVING = {
  Serving: {
    "port": {
      kind: "integer",
      from: 0,
      to: 65_535,
      serve: 8000,
      advice: "where to listen; 0 takes one that is free",
    },
    "host": {
      kind: "text",
      value: "ADDRESS",
      serve: "127.0.0.1",
      advice: "address of this machine to listen at, 0.0.0.0 for all; other machines must send a token then",
    },
    "token-file": {
      kind: "text",
      value: "FILE",
      serve: null,
      advice: "file of the token that all must send",
      otherwise: "with --host a random one, which is printed",
    },
  },
} as const;
