/** What screen readers say about things that happen by themselves. */

import { part } from "./dom.ts";

/** Milliseconds in which further news join the first: a screen reader drops what is replaced at once. */
const GATHER = 400;

let gathered: string[] = [];

/** Has a screen reader say `text` when it has finished what it is saying. */
export function announce(text: string): void {
  if (gathered.length === 0) {
    setTimeout(() => {
      const news = gathered;
      gathered = [];
      part("announcer").textContent = news.length > 3 ? `${news.slice(0, 3).join(" ")} And more.` : news.join(" ");
    }, GATHER);
  }
  if (!gathered.includes(text)) gathered.push(text);
}
