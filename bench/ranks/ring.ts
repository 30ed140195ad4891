/**
 * What a sum over many hosts would take, by arithmetic: a ring, as MPI takes for sums of megabytes. Each host sends its
 * gradients but for one part in N twice, once to be added up and once as the sum, in 2 (N - 1) messages one after the other;
 * what adding and copying take beside is what a sum of two ranks takes within one host.
 *
 *     T = 2 (N - 1) / N · bytes / bandwidth + 2 (N - 1) · latency + local
 *
 * @module
 */

/** A network between hosts, one rank on each. */
export interface Network {
  readonly name: string;
  /** Bytes a second that arrive: nine tenths of the line's. */
  readonly bandwidth: number;
  /** Seconds from a message to the next: of TCP, or where the network's cards write to memory themselves. */
  readonly latency: number;
}

/** The networks that are told of. */
export const NETWORKS: readonly Network[] = [
  { name: "TCP, 10 Gbit/s", bandwidth: 0.9 * 10e9 / 8, latency: 30e-6 },
  { name: "RDMA, 100 Gbit/s", bandwidth: 0.9 * 100e9 / 8, latency: 3e-6 },
];

/** What was measured. */
export interface Measured {
  /** Bytes of the gradients. */
  readonly bytes: number;
  /** Seconds of a sum of two ranks within a host. */
  readonly local: number;
  /** Seconds of a step of a rank. */
  readonly step: number;
  /** Rows of its part of the batch. */
  readonly rows: number;
}

/** Seconds of a sum over a ring. */
export function ringSeconds(
  ranks: number,
  { bandwidth, latency }: Network,
  { bytes, local }: Pick<Measured, "bytes" | "local">,
): number {
  const messages = 2 * (ranks - 1);
  return messages / ranks * bytes / bandwidth + messages * latency + local;
}

/** What ranks keep of their speed, each with as many rows as was measured. */
export function kept(ranks: number, network: Network, measured: Measured): number {
  return measured.step / (measured.step + ringSeconds(ranks, network, measured));
}

/** Rows that a rank must have to keep so much of its speed, where a step takes as long as it has rows. */
export function rowsToKeep(share: number, ranks: number, network: Network, measured: Measured): number {
  const { step, rows } = measured;
  return Math.ceil(share / (1 - share) * ringSeconds(ranks, network, measured) * rows / step);
}
