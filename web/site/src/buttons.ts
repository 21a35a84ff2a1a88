/** Buttons of rows. */

import { h } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";

/** Creates a button that shows an icon only. `name` is what it does, for screen readers and as a tooltip. */
export function iconButton(name: string, image: IconName, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "icon-button", "aria-label": name, title: name, onclick }, icon(image));
}

/** Creates a button with an icon and a word. `name` says more than the word: what it is done to. */
export function wordButton(word: string, name: string, image: IconName, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "secondary small", "aria-label": name, onclick }, icon(image), word);
}

/** Shows those buttons that are offered. Keyboard focus in one that goes moves to the first that is there. */
export function offer(...buttons: readonly (readonly [HTMLElement, boolean])[]): void {
  const active = document.activeElement;
  for (const [button, isOffered] of buttons) button.hidden = !isOffered;
  const lost = buttons.some(([button, isOffered]) => button === active && !isOffered);
  if (lost) buttons.find(([, isOffered]) => isOffered)?.[0].focus();
}
