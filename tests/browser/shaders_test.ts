/** Every shader by Chromium's compiler, which refuses some that Deno's takes. @module */
import { assertEquals } from "@std/assert";
import { SHADERS } from "../../src/generated/kernels.ts";
import { withUnpackedDot } from "../../src/device/webgpu/packed_dot.ts";
import { shaderText } from "../../src/device/webgpu/shader_text.ts";
import { driverText } from "../../src/device/webgpu/unrolled.ts";
import { hasChromium, launchChromium, openPage } from "./launch.ts";

/** Compiles texts by name in a page; gives the first error of each. */
const COMPILE = `async (texts) => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return;
  const enabled = adapter.features.has("subgroups");
  const gpu = await adapter.requestDevice({ requiredFeatures: enabled ? ["subgroups"] : [] });
  const errors = [];
  for (const [name, code] of Object.entries(texts)) {
    if (!enabled && code.startsWith("enable subgroups;")) continue;
    const { messages } = await gpu.createShaderModule({ code }).getCompilationInfo();
    const error = messages.find(({ type }) => type === "error");
    if (error) errors.push(name + ": " + error.message);
  }
  return errors;
}`;

/** The texts of all shaders as a browser is given them; of subgroups of 4, for which alone there is gemm.narrow. */
function texts(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const shader of Object.keys(SHADERS)) {
    const code = shaderText(shader)!;
    if (/\.(software|narrow)$/.test(shader)) {
      const lanes = shader === "gemm.software" ? 8 : 4;
      all[shader] = `enable subgroups;\n${driverText(code, lanes)}`;
    } else {
      all[shader] = driverText(code);
      all[`${shader}, unpacked`] = withUnpackedDot(all[shader]);
    }
  }
  return all;
}

Deno.test({ name: "Chromium compiles every shader", ignore: !await hasChromium() }, async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("<!DOCTYPE html>", { headers: { "content-type": "text/html" } }),
  );
  const chromium = await launchChromium();
  try {
    const page = await openPage(chromium);
    await page.goto(`http://127.0.0.1:${server.addr.port}/`);
    const errors = await page.evaluate<string[] | undefined>(`(${COMPILE})(${JSON.stringify(texts())})`);
    if (errors) assertEquals(errors, []);
    else console.warn("warning: no shader is compiled, as this Chromium has no WebGPU adapter");
  } finally {
    await chromium.close();
    await server.shutdown();
  }
});
