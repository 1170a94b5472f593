/**
 * Whether threads are worth calling at present. Where other programs keep the processor busy, a thread may hold a
 * part of a call while it does not run, and all wait for it; one thread alone is faster then. What a call would
 * have taken alone is known from the parts that the caller computed itself.
 */

/** Milliseconds of shared calls after which the balance is drawn. */
const WINDOW_MS = 40;
/** How long nothing is shared after a window that did not pay. */
const PAUSE_MS = 400;

export class Payoff {
  #spent = 0;
  #saved = 0;
  #resumeAt = 0;

  /** Whether calls are to be shared at the time `now`, in milliseconds. */
  worthwhile(now: number): boolean {
    return now >= this.#resumeAt;
  }

  /** Takes note of a call in which the caller computed `own` of `parts` in `computed` ms, then waited for `waited` ms. */
  note(now: number, own: number, parts: number, computed: number, waited: number): void {
    // Nothing is known of a call of which the caller got no part; it had to wait for all of it.
    const alone = own === 0 ? waited : (computed * parts) / own;
    this.#spent += computed + waited;
    this.#saved += alone - computed - waited;
    if (this.#spent < WINDOW_MS) return;
    if (this.#saved < 0) this.#resumeAt = now + PAUSE_MS;
    this.#spent = 0;
    this.#saved = 0;
  }
}
