/** How fast bytes leave, over the last seconds. */

/** Milliseconds over which the rate is taken, and before which it says nothing. */
const WINDOW = 12_000;
const LEAST = 2_000;

/** A rate of bytes. */
export class Rate {
  #samples: { readonly at: number; readonly sent: number }[] = [];

  /** Takes note of the bytes sent so far. A smaller number than before begins anew. */
  note(sent: number, at: number): void {
    const last = this.#samples.at(-1);
    if (last && sent < last.sent) this.#samples = [];
    this.#samples.push({ at, sent });
    while ((this.#samples[1]?.at ?? at) < at - WINDOW) this.#samples.shift();
  }

  /** Begins anew. */
  clear(): void {
    this.#samples = [];
  }

  /** Returns the seconds that `left` bytes take, or undefined while nobody can tell. */
  secondsFor(left: number): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < LEAST || last.sent === first.sent) return undefined;
    return (left * (last.at - first.at)) / 1000 / (last.sent - first.sent);
  }
}
