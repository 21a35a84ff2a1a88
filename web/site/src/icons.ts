/** Icons, drawn as strokes on a grid of 24. */

import { svg } from "./dom.ts";

const PATHS = {
  upload: "M12 16V4m0 0L7 9m5-5 5 5M4 20h16",
  pause: "M8.5 6h1v12h-1zM14.5 6h1v12h-1z",
  play: "M8 5l11 7-11 7z",
  close: "M6 6l12 12M18 6 6 18",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  download: "M12 4v12m0 0-5-5m5 5 5-5M4 20h16",
  retry: "M20 11a8 8 0 1 0-2.3 5.7M20 4v7h-7",
  chevron: "M6 9l6 6 6-6",
} as const;

export type IconName = keyof typeof PATHS;

/** Draws an icon. It is decoration: the button around it has the name. */
export function icon(name: IconName): SVGElement {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}
