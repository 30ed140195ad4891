/**
 * The server that both systems of bench/serve.ts stand behind: ids to go on from and a length in, greedy ids out. Its
 * first line tells its port.
 *
 * @module
 */

/** Gives ids that follow on a prefix, the likeliest each time. */
export type GoOn = (prefix: number[], length: number) => Promise<number[]>;

/** Serves. */
export function listen(goOn: GoOn): void {
  Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) },
    async (request) => {
      const { prefix, length } = await request.json();
      return Response.json(await goOn(prefix, length));
    },
  );
}
