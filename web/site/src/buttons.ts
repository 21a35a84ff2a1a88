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

/** Shows or hides a button; keyboard focus moves to `heir` when the one that has it is hidden. */
export function offer(button: HTMLElement, offered: boolean, heir?: HTMLElement): void {
  const hadFocus = document.activeElement === button;
  button.hidden = !offered;
  if (!offered && hadFocus) heir?.focus();
}
