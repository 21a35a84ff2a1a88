/** QR codes, drawn as one path. Loaded when somebody sets an authenticator app up. */

import { generate } from "lean-qr/nano";
import { svg } from "../dom.ts";

/** Modules of blank space around a code (ISO/IEC 18004, section 6.3.8, "Quiet zone"). */
const QUIET = 4;

/** What is drawn: dark modules in rows. */
export interface Matrix {
  readonly size: number;
  get(x: number, y: number): boolean;
}

/** Draws a text as a QR code. */
export function qrCode(text: string): SVGElement {
  const code = generate(text);
  const whole = code.size + 2 * QUIET;
  return svg(
    "svg",
    { class: "qr", viewBox: `${-QUIET} ${-QUIET} ${whole} ${whole}`, role: "img", "aria-label": "QR code", "shape-rendering": "crispEdges" },
    svg("path", { d: outline(code) }),
  );
}

/** Returns the path of all dark modules, a run of them in a row at a time. */
export function outline(code: Matrix): string {
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      const start = x;
      while (x < code.size && code.get(x, y)) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1h-${x - start}z`;
    }
  }
  return path;
}
