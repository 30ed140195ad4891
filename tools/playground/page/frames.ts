/**
 * Drawing that leaves the page time: a long text takes longer to lay out than to be written.
 *
 * @module
 */

/** How much longer than a frame the page rests behind it, for whoever presses a button meanwhile. */
const REST = 3;

/** Draws what has come, frame by frame. */
export class Frames {
  readonly #draw: () => void;
  #busy = false;
  #more = false;

  /** Takes what draws; nothing is drawn yet. */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Has it drawn soon. */
  ask(): void {
    this.#more = true;
    if (this.#busy) return;
    this.#busy = true;
    requestAnimationFrame((start) => this.#frame(start));
  }

  #frame(start: number): void {
    this.#more = false;
    this.#draw();
    // A timer is called behind the layout of this frame.
    setTimeout(() => setTimeout(() => this.#rested(), REST * (performance.now() - start)));
  }

  #rested(): void {
    this.#busy = false;
    if (this.#more) this.ask();
  }
}
