/**
 * Which refrain this is: files say it, and the command line. No JSON is imported for it, as not all who run the library
 * take such imports.
 *
 * @module
 */

/** The version in deno.json, which a test holds it to. */
export const VERSION = "0.1.0";
