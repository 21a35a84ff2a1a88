/** A look into a file without leaving the page. */

import { fill, h } from "../dom.ts";
import { bytes } from "../format.ts";

/** How a file can be looked into. */
export type PreviewKind = "image" | "text" | "none";

/** Bytes of a text that are shown, and of an image that is loaded at most. */
const TEXT_LIMIT = 64 * 1024;
const IMAGE_LIMIT = 25_000_000;

const IMAGES = /^image\/(png|jpeg|gif|webp|avif|svg\+xml|bmp)$/;
const TEXTS = /^(text\/.+|application\/(.+\+)?(json|xml|yaml|x-yaml|toml|javascript|x-ndjson|sql))$/;

/** Tells how a file of this type can be looked into. */
export function kindOf(contentType: string): PreviewKind {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (IMAGES.test(type)) return "image";
  return TEXTS.test(type) ? "text" : "none";
}

/** The beginning of a text. */
export interface Beginning {
  readonly text: string;
  /** Whether there is more. */
  readonly cut: boolean;
}

/** Reads at most `limit` bytes of a body as text, and cancels the rest. Undefined for what is no text. */
export async function beginning(body: ReadableStream<Uint8Array>, limit: number = TEXT_LIMIT): Promise<Beginning | undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = limit;
  let cut = false;
  while (!cut) {
    const { done, value } = await reader.read();
    if (done) break;
    cut = value.length > left;
    text += decoder.decode(cut ? value.subarray(0, left) : value, { stream: true });
    left -= value.length;
  }
  if (cut) await reader.cancel();
  else text += decoder.decode();
  return text.includes("\0") ? undefined : { text, cut };
}

/** A file to look into. */
export interface Previewed {
  readonly url: string;
  /** Absent, the answer tells it. */
  readonly contentType?: string;
  /** Bytes, if known. */
  readonly size?: number;
  /** For whoever does not see it. */
  readonly name: string;
  readonly testid: string;
}

/** Creates a preview that fills itself. */
export function preview(file: Previewed): HTMLElement {
  const frame = h("div", { class: "preview", "data-testid": file.testid }, h("p", { class: "hint" }, "Loading…"));
  const say = (text: string): void => fill(frame, h("p", { class: "hint" }, text));
  look(file).then(
    (shown) => (typeof shown === "string" ? say(shown) : fill(frame, ...shown)),
    () => say("The preview cannot be loaded. Close the details and open them again, or download the file."),
  );
  return frame;
}

async function look(file: Previewed): Promise<string | readonly Node[]> {
  const { url, contentType, size = 0, name } = file;
  const known = contentType === undefined ? undefined : kindOf(contentType);
  if (known === "none") return "There is no preview for this kind of file.";
  if (known === "image") return size > IMAGE_LIMIT ? `Images above ${bytes(IMAGE_LIMIT)} are not shown here.` : [await image(url, name)];
  const response = await fetch(url, { cache: "no-store", credentials: "omit" });
  if (!response.ok || !response.body) throw new Error(`the storage answered ${response.status}`);
  const kind = known ?? kindOf(response.headers.get("content-type") ?? "");
  if (kind !== "text") {
    await response.body.cancel();
    return kind === "image" ? [await image(url, name)] : "There is no preview for this kind of file.";
  }
  const read = await beginning(response.body);
  if (!read) return "There is no preview for this kind of file.";
  const text = h("pre", { tabindex: 0, role: "region", "aria-label": name }, read.text === "" ? "(empty)" : read.text);
  return read.cut ? [text, h("p", { class: "hint" }, `Only the first ${bytes(TEXT_LIMIT)}. Download the file for the rest.`)] : [text];
}

async function image(url: string, name: string): Promise<HTMLImageElement> {
  const element = h("img", { alt: name, decoding: "async" });
  element.src = url;
  await element.decode();
  return element;
}
