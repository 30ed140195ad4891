/**
 * Words to people who may have gone.
 *
 * @module
 */

/**
 * Says something where somebody may listen: a full disk or a closed terminal ends no training.
 *
 * @param text Lines.
 * @param write Where they go.
 */
export function say(text: string, write: (text: string) => void = console.log): void {
  try {
    write(text);
  } catch {
    // it is not read
  }
}
