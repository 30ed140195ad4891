/** What onnxruntime for JavaScript answers to files of refrain, in Node and in a browser. @module */

/**
 * Runs files.
 *
 * @param ort The package.
 * @param runs What they are fed, and what they are to answer.
 * @param read Gives a file's bytes.
 * @returns How far each answers from that, null where names or shapes differ.
 */
export async function judged(ort, runs, read) {
  const found = {};
  for (const { file, feeds, outputs } of runs) {
    const session = await ort.InferenceSession.create(await read(file));
    const fed = Object.entries(feeds).map(([name, { shape, data }]) => {
      const isIds = name === "ids";
      const numbers = isIds ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
      return [name, new ort.Tensor(isIds ? "int64" : "float32", numbers, shape)];
    });
    const given = await session.run(Object.fromEntries(fed));
    const names = Object.keys(outputs);
    const fits = Object.keys(given).sort().join() === [...names].sort().join() &&
      names.every((name) => given[name].dims.join() === outputs[name].shape.join());
    const differences = names.flatMap((name) =>
      outputs[name].data.map((value, i) =>
        Math.abs(value - given[name]?.data[i]) / Math.max(1, Math.abs(value))
      )
    );
    found[file] = fits ? Math.max(...differences) : null;
    await session.release();
  }
  return found;
}
