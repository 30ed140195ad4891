/** Lines that are typed at `generate --interactive`: beginnings, orders, and what is neither. @module */
import { assert, assertEquals } from "@std/assert";
import { orderHelp, orderOf } from "../../../src/cli/interactive/orders.ts";
import { Session } from "../../../src/cli/interactive/session.ts";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import type { Door } from "../door.ts";
import { drawText, mutateText, oneIn, pick } from "../mutate.ts";

const ORDERS = [
  "temperature 0.7",
  "length 5",
  "top-k 3",
  "top-p 0.5",
  "seed 1",
  "back",
  "again",
  "help",
  "quit",
  "",
];

/** The door. */
export const orders: Door<string> = {
  name: "orders",
  open() {
    return Promise.resolve({
      draw(random) {
        if (oneIn(3, random)) return drawText(random);
        const order = pick(ORDERS, random);
        return `:${oneIn(2, random) ? mutateText(order, random) : order}`;
      },
      use(line) {
        if (line.startsWith(":")) {
          const order = orderOf(line);
          if ("name" in order) assert(order.value === undefined || Number.isFinite(order.value));
          orderHelp({ temperature: 1, length: 5, topK: 0, topP: 1, seed: 0 }, 80);
          return Promise.resolve();
        }
        const session = new Session(Vocabulary.fromText("ab 分开", { kind: "byte" }));
        session.type(line);
        const { tail, ids } = session;
        return Promise.resolve(() => {
          assertEquals(ids.length, new TextEncoder().encode(line).length);
          assertEquals([session.back(), session.ids.length, session.back()], [true, 0, false]);
          assert(line.endsWith(tail.replace(/^…/, "")));
        });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
