/** What an upload's status means to its owner. */

import type { UploadDescription } from "@rustlambda/client";

/** How a status looks: going on, well, in need of the user, or gone wrong. */
export type Tone = "busy" | "good" | "open" | "bad";

/** A status in words. */
export interface StatusWords {
  readonly label: string;
  readonly tone: Tone;
}

/** Says where an upload is. `sent`: all its bytes have left this page. */
export function statusWords({ status }: UploadDescription, sent: boolean): StatusWords {
  switch (status) {
    case "PENDING":
      return sent ? { label: "Arriving", tone: "busy" } : { label: "Not complete", tone: "open" };
    case "RECEIVED":
      return { label: "Waiting to be processed", tone: "busy" };
    case "PROCESSING":
      return { label: "Being processed", tone: "busy" };
    case "PROCESSED":
      return { label: "Processed", tone: "good" };
    case "FAILED":
      return { label: "Failed", tone: "bad" };
  }
}

/** Choices of the list's filter. */
export const FILTERS = [
  ["all", "All"],
  ["PENDING", "Not complete"],
  ["RECEIVED", "Waiting to be processed"],
  ["PROCESSING", "Being processed"],
  ["PROCESSED", "Processed"],
  ["FAILED", "Failed"],
] as const;
