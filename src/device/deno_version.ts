/**
 * Which Deno refrain runs in. Older ones open no GPU, or lack what the library's text says.
 *
 * @module
 */

/** The oldest that the tests have run in. */
const OLDEST = { major: 2, minor: 8 };

/**
 * Why this Deno is too old.
 *
 * @param agent What the runtime calls itself, "Deno/2.9.6".
 * @returns A sentence; undefined where Deno is new enough, and outside of Deno.
 */
export function tooOld(agent: string | undefined = globalThis.navigator?.userAgent): string | undefined {
  const [, version, major, minor] = /^Deno\/((\d+)\.(\d+)\S*)/.exec(agent ?? "") ?? [];
  if (version === undefined || Number(major) > OLDEST.major) return undefined;
  if (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor) return undefined;
  return `Cannot run in Deno ${version}: refrain needs Deno ${OLDEST.major}.${OLDEST.minor} or later`;
}
