/** What a person reads when something fails. */

import { type ClientError, type ErrorCode, isClientError, type Problem } from "@rustlambda/client";
import { bytes, plural, span } from "./format.ts";

/** Words that fit one place better than the general ones. */
export type Overrides = Readonly<Partial<Record<ErrorCode, string>>>;

const AGAIN = "Try again.";

/** One entry for each code; the type holds it complete. */
const CODES: Readonly<Record<ErrorCode, string>> = {
  offline: "You are offline. Try again when you are back.",
  network: "The service cannot be reached. Check your connection, then try again.",
  timeout: "The service did not answer in time. Try again.",
  aborted: "Cancelled.",
  throttled: "The service is busy. Try again in a moment.",
  server: "The service has a problem. Try again in a few minutes.",
  "unexpected-response": "The service gave an answer that this page does not understand. Reload the page; if that does not help, tell whoever runs this site.",
  "insecure-context": "This page works over https only. Check its address.",
  "invalid-parameter": "Something that you entered cannot be used. Check it, then try again.",
  "not-authorized": "Wrong e-mail address or password.",
  "user-not-found": "There is no account with this e-mail address.",
  "user-exists": "There is already an account with this e-mail address. Sign in, or set a new password.",
  "not-confirmed": "This e-mail address is not confirmed yet.",
  "password-refused": "This password is not strong enough.",
  "password-reset-required": "Your password has to be replaced. Ask for a code below.",
  "code-mismatch": "This code is wrong. Check it, then try again.",
  "code-expired": "This code is too old. Ask for another one.",
  "code-not-delivered": "The e-mail with the code could not be sent. Check the address.",
  "too-many-attempts": "Too many attempts. Wait a quarter of an hour, then try again.",
  "challenge-unsupported": "Your account asks for a step that this page does not have. Use the hosted sign-in page.",
  "signed-out": "Your session has ended. Sign in again.",
  "hosted-ui": "The sign-in page did not let you in. Try again.",
  "state-mismatch": "This sign-in was not begun in this tab. Sign in again.",
  paused: "Paused.",
  problem: "The service refused this.",
  "url-refused": "The storage refused the file. Try again; if that does not help, tell whoever runs this site.",
  "different-file": "This is not the same file: its name, its size or what is in it differs. Choose the original file.",
  "file-changed": "The file changed while it was sent. Cancel this upload, and start it again.",
  "file-unreadable": "The file cannot be read any more. Was it moved or deleted? Choose it again.",
  "upload-ended": "This upload no longer goes on. Start it again.",
};

const PREFIX = "urn:rustlambda:problem:";

/** One entry for each problem type of the API (docs/problems.md). */
const PROBLEMS: Readonly<Record<string, (problem: Problem) => string>> = {
  "invalid-request": (problem) => withDetail("The service does not take this request", problem),
  "checksum-mismatch": () => "The file did not arrive as it was sent. Try again.",
  "not-signed-in": () => "Your session has ended. Sign in again.",
  forbidden: (problem) => withDetail("Your account may not do this", problem),
  "not-found": () => "This upload no longer exists.",
  "method-not-allowed": () => "This page and the service do not fit together. Reload the page.",
  "not-acceptable-state": () => "This is not possible any more: the upload has changed in the meantime.",
  "parts-missing": ({ missing }) =>
    `${Array.isArray(missing) && missing.length > 0 ? plural(missing.length, "part") : "Parts"} of the file did not arrive. Resume the upload to send them again.`,
  "key-reused": () => "The service takes this for another upload. Cancel it, and start it again.",
  "key-in-use": () => "This upload is being started already. Wait a moment, then try again.",
  "precondition-failed": () => "This has changed in the meantime. Reload the page, then try again.",
  "content-too-large": (problem) => withDetail("This file is too large", problem),
  "unsupported-media-type": () => "This page and the service do not fit together. Reload the page.",
  "quota-exceeded": quota,
  unavailable: () => "The service is not available right now. Try again in a few minutes.",
  internal: () => "The service has a problem. Try again in a few minutes.",
};

/** Names of the problem types that have words of their own. */
export const PROBLEM_NAMES: readonly string[] = Object.keys(PROBLEMS);

/** Returns the name of the API's problem type behind an error, such as `quota-exceeded`. */
export function problemName(error: unknown): string | undefined {
  const type = isClientError(error) ? error.details.problem?.type : undefined;
  return type?.startsWith(PREFIX) ? type.slice(PREFIX.length) : undefined;
}

/** Says what failed and what to do next. `overrides` wins for the codes that it names. */
export function wordsFor(error: unknown, overrides: Overrides = {}): string {
  if (!isClientError(error)) return `Something unexpected happened in this page. Reload it, then try again.`;
  const special = overrides[error.code];
  if (special !== undefined) return special;
  if (error.code === "password-refused") return `${CODES["password-refused"]} ${sentence(error.message)}`;
  return problemWords(error) ?? waiting(error) ?? CODES[error.code];
}

function problemWords(error: ClientError): string | undefined {
  const { problem, status } = error.details;
  if (!problem) return undefined;
  const words = PROBLEMS[problemName(error) ?? ""];
  if (words) return words(problem);
  if (status === 401 || status === 403) return CODES["signed-out"];
  return error.code === "problem" ? withDetail("The service refused this", problem) : undefined;
}

function waiting({ code, details }: ClientError): string | undefined {
  if (code !== "throttled" || details.retryAfter === undefined) return undefined;
  return `The service is busy. Try again in ${span(details.retryAfter / 1000)}.`;
}

function quota({ quota, limit }: Problem): string {
  const most = typeof limit === "number" ? limit : undefined;
  if (quota === "open_uploads") {
    const of = most === undefined ? "" : ` (at most ${most})`;
    return `Too many uploads are open at once${of}. Let some finish, or delete interrupted ones.`;
  }
  const of = most === undefined ? "" : ` of ${bytes(most)}`;
  return `Your storage${of} is full. Delete uploads that you no longer need, then try again.`;
}

function withDetail(what: string, { detail, errors }: Problem): string {
  const [first] = errors ?? [];
  // "/filename" and "is required" are two halves of one sentence (docs/problems.md).
  const said = first ? `${first.pointer.replace(/^\//, "")} ${first.detail}`.trim() : detail;
  return said ? `${what}: ${sentence(said)}` : `${what}. ${AGAIN}`;
}

/** Ends a text with a full stop. */
function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
