/**
 * Which refrain this is.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/** The version in deno.json. */
export const VERSION: string = config.version;
