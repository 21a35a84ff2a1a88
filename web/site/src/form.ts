/** Forms with labels, and with errors where they belong. */

import { type ErrorCode, isClientError } from "@rustlambda/client";
import { type Child, fill, h, say, set } from "./dom.ts";
import { type Overrides, wordsFor } from "./words.ts";

/** A field of a form. */
export interface FieldOptions {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "email" | "password" | "code";
  readonly autocomplete: AutoFill;
  readonly value?: string;
  readonly hint?: string;
}

/** A form. */
export interface FormOptions {
  readonly fields: readonly FieldOptions[];
  readonly submit: string;
  /** Does what the form is for; what it throws is shown. */
  readonly onSubmit: (values: Readonly<Record<string, string>>) => Promise<void>;
  readonly words?: Overrides;
  /** Between the fields and the button. */
  readonly extra?: readonly Child[];
}

/** Which field an error is about. */
const ABOUT: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  "code-mismatch": ["code"],
  "code-expired": ["code"],
  "password-refused": ["new-password", "password"],
  "not-authorized": ["password"],
  "user-exists": ["email"],
  "user-not-found": ["email"],
  "code-not-delivered": ["email"],
};

let last = 0;

/** Creates a form. */
export function form(options: FormOptions): HTMLFormElement {
  const fields = options.fields.map((field) => new Field(field));
  const problem = h("div", { role: "alert", "data-testid": "problem", class: "problem" });
  const button = h("button", { class: "primary", type: "submit" }, options.submit);
  let busy = false;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    fill(problem);
    const wrong = fields.filter((field) => !field.check());
    if (wrong[0]) return wrong[0].input.focus();
    busy = true;
    set(button, { "aria-busy": "true", "aria-disabled": "true" });
    try {
      await options.onSubmit(Object.fromEntries(fields.map(({ name, value }) => [name, value])));
    } catch (error) {
      fill(problem, h("p", {}, wordsFor(error, options.words)));
      const about = isClientError(error) ? (ABOUT[error.code] ?? []) : [];
      fields.find(({ name }) => about.includes(name))?.refuse();
    } finally {
      busy = false;
      set(button, { "aria-busy": undefined, "aria-disabled": undefined });
    }
  };
  return h(
    "form",
    { novalidate: true, onsubmit: (event) => void submit(event) },
    ...fields.map(({ element }) => element),
    ...(options.extra ?? []),
    problem,
    button,
  );
}

/** A labelled input, with its hint and its error. */
class Field {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly name: string;
  readonly #options: FieldOptions;
  readonly #error: HTMLElement;

  constructor(options: FieldOptions) {
    this.#options = options;
    this.name = options.name;
    const id = `field-${++last}`;
    const { type, hint } = options;
    this.input = h("input", {
      id,
      name: options.name,
      type: type === "code" ? "text" : type,
      autocomplete: options.autocomplete,
      required: true,
      "aria-describedby": hint ? `${id}-hint ${id}-error` : `${id}-error`,
      ...(type === "code" && { inputmode: "numeric", maxlength: 12, class: "code" }),
      ...(type !== "text" && { autocapitalize: "none", spellcheck: "false" }),
    });
    this.input.value = options.value ?? "";
    this.#error = h("p", { id: `${id}-error`, class: "field-error" });
    this.input.addEventListener("input", () => this.#tell(""));
    this.element = h(
      "div",
      { class: "field" },
      h("label", { for: id }, options.label),
      type === "password" ? h("div", { class: "with-button" }, this.input, reveal(this.input)) : this.input,
      hint !== undefined && h("p", { id: `${id}-hint`, class: "hint" }, hint),
      this.#error,
    );
  }

  /** What is in it: a code without the spaces that people copy with it, a password exactly as typed. */
  get value(): string {
    const { value } = this.input;
    if (this.#options.type === "password") return value;
    return this.#options.type === "code" ? value.replaceAll(/\s/g, "") : value.trim();
  }

  /** Checks what the browser can tell. Returns whether it is good, and says so if not. */
  check(): boolean {
    const { value } = this;
    const { type } = this.#options;
    const isAddress = type !== "email" || /^[^\s@]+@[^\s@]+$/.test(value);
    if (value === "") this.#tell("Fill this in.");
    else if (!isAddress) this.#tell("Enter an address such as ann@example.com.");
    else return true;
    return false;
  }

  /** Marks it as what the form's error is about. */
  refuse(): void {
    set(this.input, { "aria-invalid": "true" });
    this.input.focus();
    this.input.select();
  }

  #tell(text: string): void {
    say(this.#error, text);
    set(this.input, { "aria-invalid": text === "" ? undefined : "true" });
  }
}

/** The button that shows a password. */
function reveal(input: HTMLInputElement): HTMLElement {
  const button = h("button", { type: "button", class: "quiet inside", "aria-controls": input.id }, "Show");
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    button.textContent = input.type === "password" ? "Show" : "Hide";
  });
  return button;
}

/** The fields that several forms have. */
export const EMAIL = { name: "email", label: "E-mail address", type: "email", autocomplete: "username" } as const;
export const MAILED_CODE = { name: "code", label: "Code from the e-mail", type: "code", autocomplete: "one-time-code" } as const;
export const APP_CODE = { name: "code", label: "6-digit code", type: "code", autocomplete: "one-time-code" } as const;
export const PASSWORD_RULE = "At least 12 characters, with upper and lower case letters, a digit and a symbol.";

/** A card in the middle of the page, with its heading. */
export function card(title: string, ...children: readonly Child[]): HTMLElement {
  return h("section", { class: "card narrow" }, h("h1", { tabindex: -1 }, title), ...children);
}

/** A link inside the page: the page catches its click. */
export function link(path: string, text: string): HTMLAnchorElement {
  return h("a", { href: path, "data-inside": true }, text);
}

/** What has just happened elsewhere, at the top of a card. */
export function noticeOf(text: string | undefined): Child {
  return text !== undefined && h("p", { class: "notice", role: "status", "data-testid": "notice" }, text);
}
