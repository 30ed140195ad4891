/**
 * Loaded before the program: it is killed at one of its file operations below a folder.
 *
 *     REFRAIN_FAULT='{"root":"run","at":7,"halfway":true}' deno run -A --preload tests/faults/die_at.ts mod.ts train …
 *
 * @module
 */
import { FaultyDisk } from "./faulty_disk.ts";

const { root, at, halfway } = JSON.parse(Deno.env.get("REFRAIN_FAULT")!);
new FaultyDisk(root, { kind: "kill", at, halfway, reason: "EIO" });
