/** Lists of rows that are kept while their items change. */

/** One row. */
export interface Row<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

/** The rows of a list element. */
export class Rows<T> {
  readonly #list: HTMLElement;
  readonly #key: (item: T) => string | number;
  readonly #make: (item: T) => Row<T>;
  readonly #rows = new Map<string | number, Row<T>>();

  constructor(list: HTMLElement, key: (item: T) => string | number, make: (item: T) => Row<T>) {
    this.#list = list;
    this.#key = key;
    this.#make = make;
  }

  /** Shows these items in this order. Keyboard focus in a row that goes moves to the next row, or to `otherwise`. */
  show(items: readonly T[], otherwise: HTMLElement): void {
    const wanted = new Set(items.map(this.#key));
    for (const [key, { element }] of this.#rows) {
      if (wanted.has(key)) continue;
      if (element.contains(document.activeElement)) focusBeside(element, otherwise);
      element.remove();
      this.#rows.delete(key);
    }
    let place = this.#list.firstElementChild;
    for (const item of items) {
      const row = this.#row(item);
      row.update(item);
      if (row.element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(row.element, place);
    }
  }

  #row(item: T): Row<T> {
    const key = this.#key(item);
    const row = this.#rows.get(key) ?? this.#make(item);
    this.#rows.set(key, row);
    return row;
  }
}

function focusBeside(element: HTMLElement, otherwise: HTMLElement): void {
  const beside = element.nextElementSibling ?? element.previousElementSibling;
  (beside?.querySelector<HTMLElement>("button:not([hidden])") ?? otherwise).focus();
}
