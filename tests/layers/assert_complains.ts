/**
 * What a wrong argument is answered with, to the letter.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";

/** Checks that `body` throws an error of exactly this class with exactly this message. */
export function assertComplains(
  body: () => unknown,
  errorClass: typeof TypeError | typeof RangeError,
  message: string,
): void {
  const error = assertThrows(body, Error);
  assertEquals(error.message, message);
  assertEquals(error.constructor, errorClass, message);
}
