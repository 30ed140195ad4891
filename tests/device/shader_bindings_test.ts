/** What shaders declare, beside the table of kernels. @module */
import { assertEquals } from "@std/assert";
import { shaderText } from "../../src/device/webgpu/shader_text.ts";
import { SHADERS } from "../../src/generated/kernels.ts";
import { kernelEntry, type KernelName, KERNELS } from "../../src/kernels.ts";

for (const name of Object.keys(KERNELS) as KernelName[]) {
  const { buffers, params, constants = [] } = kernelEntry(name);
  const types = Object.entries(params).map(([param, type]) => `${param}: ${type}`);

  Deno.test(`the shaders of ${name} bind what the table says`, () => {
    const shaders = Object.keys(SHADERS).filter((shader) => shader.split(".")[0] === name);
    assertEquals(shaders.length > 0, true, `src/generated/kernels.ts has no shader of ${name}`);
    for (const shader of shaders) {
      const text = shaderText(shader)!;
      const bound = [...text.matchAll(/@binding\((\d+)\) var<(.*?)> (\w+): (?:array<(\w+)>)?/g)].map(
        ([, index, space, buffer, type]) =>
          [
            index,
            buffer,
            space!.replace("storage, ", ""),
            type?.replace(/vec4([fu])/, (_, letter) => `${letter}32`),
          ].join(" ").trim(),
      );
      const wanted = Object.entries(buffers).map(([buffer, use], index) => `${index} ${buffer} ${use}`);
      assertEquals(bound, [...wanted, `${wanted.length} params uniform`], `${shader}: bindings`);
      const fields = /struct Params \{\n([^}]*),\n\}/.exec(text)?.[1]?.split(",\n") ?? [];
      assertEquals(fields.slice(0, types.length), types, `${shader}: fields of Params`);
      const entries = [...text.matchAll(/@compute\b[^{]*?\bfn\s+(\w+)/g)].map((match) => match[1]);
      assertEquals(entries, [name], `${shader}: entry points`);
      const overrides = [...text.matchAll(/^override (\w+)/gm)].map((match) => match[1]);
      assertEquals(overrides, [...constants], `${shader}: constants`);
    }
  });
}
