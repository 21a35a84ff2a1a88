/** Everything about one upload, below its row. */

import type { UploadDescription } from "@rustlambda/client";
import { type Child, h } from "../dom.ts";
import { bytes, moment } from "../format.ts";
import { preview } from "./preview.ts";

/** Shows an upload whose download URLs are fresh. */
export function details(upload: UploadDescription): readonly Child[] {
  const { download, filename, content_type, size, status } = upload;
  const facts: readonly (readonly [string, string])[] = [
    ["Type", content_type],
    ["Size", size === undefined ? "unknown" : `${bytes(size)} (${size.toLocaleString("en")} bytes)`],
    ["Uploaded", moment(upload.created_at)],
    ["Changed", moment(upload.updated_at)],
    ...(status === "PENDING" && upload.expires_at ? ([["Can go on until", moment(upload.expires_at)]] as const) : []),
    ["Id", upload.upload_id],
  ];
  return [
    h("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    download?.result !== undefined &&
      figure("Result", preview({ url: download.result, name: `Result of ${filename}`, testid: "preview-result" })),
    download?.original !== undefined &&
      figure("Original", preview({ url: download.original, contentType: content_type, ...(size !== undefined && { size }), name: filename, testid: "preview-original" })),
    status === "PENDING" && h("p", { class: "hint" }, "The file has not arrived completely. Choose it again to send the rest."),
  ];
}

function figure(title: string, content: HTMLElement): HTMLElement {
  return h("div", { class: "figure" }, h("h3", {}, title), content);
}
