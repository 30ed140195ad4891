// The types of the assertions that mod.ts passes on.

/** An assertion that did not hold. */
export class AssertionError extends Error {}
/** Holds when `expression` is truthy. */
export function assert(expression: unknown, message?: string): asserts expression;
/** Holds when both numbers differ by at most `tolerance`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void;
/** Holds when both values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void;
/** Holds when the values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
/** Holds when both values are the same. */
export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
/** Holds when `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void;
/** Holds when `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void;
/** Always fails. */
export function fail(message?: string): never;

// deno-lint-ignore no-explicit-any -- any constructor signature is meant
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;
/** Holds when `body` throws; returns what it threw. */
export function assertThrows<E extends Error = Error>(
  body: () => unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): E;
/** Holds when the promise of `body` is rejected; resolves to the reason. */
export function assertRejects<E extends Error = Error>(
  body: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
