/** Numbers as Prometheus reads them. @module */
import { assertEquals } from "@std/assert";
import { Metrics } from "../../src/serve/metrics.ts";

Deno.test("each number has its sentence, its kind and its labels, in which signs are escaped", () => {
  const metrics = new Metrics();
  metrics.count("refrain_generated_tokens_total", { model: 'a"\\\n' });
  metrics.count("refrain_generated_tokens_total", { model: 'a"\\\n' }, 2);
  metrics.count("refrain_generated_tokens_total", { model: "b" });
  const text = metrics.text([{ name: "refrain_texts_running", labels: {}, value: 4 }]);
  const lines = text.split("\n");
  const own = lines.filter((line) => line.includes("refrain_generated_tokens_total"));
  assertEquals(own, [
    "# HELP refrain_generated_tokens_total Tokens that were drawn.",
    "# TYPE refrain_generated_tokens_total counter",
    String.raw`refrain_generated_tokens_total{model="a\"\\\n"} 3`,
    'refrain_generated_tokens_total{model="b"} 1',
  ]);
  assertEquals(lines.slice(-3), [
    "# TYPE refrain_texts_running gauge",
    "refrain_texts_running 4",
    "",
  ]);
});
