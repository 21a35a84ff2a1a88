/** Looks at something again and again, more and more seldom while nothing changes. */

/** What a look found: a change, none, or that there is nothing more to wait for. */
export type Look = "changed" | "same" | "done";

/** Milliseconds between two looks: after a change, and at most. */
const FIRST = 1_000;
const LONGEST = 15_000;
const FACTOR = 1.5;

/** A series of looks. */
export class Poller {
  readonly #look: () => Promise<Look>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST;
  #looking = false;
  #kicked = false;
  #stopped = false;

  constructor(look: () => Promise<Look>) {
    this.#look = look;
  }

  /** Looks soon, and often at first. */
  kick(): void {
    this.#stopped = false;
    this.#pause = FIRST;
    this.#kicked = this.#looking;
    if (!this.#looking) this.#schedule();
  }

  /** Looks no more, until the next kick. */
  stop(): void {
    this.#stopped = true;
    this.#kicked = false;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#once(), this.#pause);
  }

  async #once(): Promise<void> {
    this.#looking = true;
    // A failure, such as a lost network, is no change.
    const found = await this.#look().catch((): Look => "same");
    this.#looking = false;
    if (this.#stopped || (found === "done" && !this.#kicked)) return;
    this.#pause = found === "changed" || this.#kicked ? FIRST : Math.min(this.#pause * FACTOR, LONGEST);
    this.#kicked = false;
    this.#schedule();
  }
}
