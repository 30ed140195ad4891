/**
 * The playground's script.
 *
 * @module
 */
import { carriedModel, startEngine } from "../place.ts";

const engine = startEngine();
const carried = carriedModel();
if (carried) engine.send({ kind: "open", id: 1, bytes: carried.bytes }, [carried.bytes]);
