/** Elements without markup strings, which Trusted Types would reject. */

/** What an element may contain; `undefined` and `false` leave nothing behind. */
export type Child = Node | string | undefined | false;

/** Attributes, and listeners as `onclick` and the like. `false` and `undefined` leave an attribute out. */
export type Properties = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

/** Creates an HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...present(children));
  return element;
}

/** Creates an SVG element. */
export function svg(tag: string, properties: Properties, ...children: readonly SVGElement[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, properties);
  element.append(...children);
  return element;
}

/** Sets attributes and listeners. */
export function set(element: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Replaces what an element contains. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...present(children));
}

/** Sets the text of an element, and leaves it alone if it is the same: screen readers would read it again. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns the element of index.html with this id. */
export function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element) return element;
  throw new Error(`index.html has no element with the id ${id}`);
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== undefined && child !== false);
}
