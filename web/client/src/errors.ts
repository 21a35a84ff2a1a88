/** The one error type of this library. */

/** Machine-readable reason of a failure. The README says what to do about each. */
export type ErrorCode =
  // Network and environment.
  | "offline"
  | "network"
  | "timeout"
  | "aborted"
  | "throttled"
  | "server"
  | "unexpected-response"
  | "insecure-context"
  // Accounts and sign-in.
  | "invalid-parameter"
  | "not-authorized"
  | "user-not-found"
  | "user-exists"
  | "not-confirmed"
  | "password-refused"
  | "password-reset-required"
  | "code-mismatch"
  | "code-expired"
  | "code-not-delivered"
  | "too-many-attempts"
  | "challenge-unsupported"
  | "signed-out"
  | "hosted-ui"
  | "state-mismatch"
  // Uploads.
  | "paused"
  | "problem"
  | "url-refused"
  | "different-file"
  | "file-changed"
  | "file-unreadable"
  | "upload-ended";

/** Problem details (RFC 9457), as the upload API sends them. */
export interface Problem {
  readonly type: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: readonly { readonly detail: string; readonly pointer: string }[];
  readonly [extension: string]: unknown;
}

/** Details of a failure. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** The HTTP status of the answer. */
  readonly status?: number;
  /** The service's own name for the failure, such as `NotAuthorizedException`. */
  readonly service?: string;
  /** The API's problem details; set when the code is `problem`. */
  readonly problem?: Problem;
  /** Milliseconds after which the service asks to be called again. */
  readonly retryAfter?: number;
}

/** A failure of anything in this library. */
export class ClientError extends Error {
  override readonly name = "ClientError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

/** Tells whether `error` is a {@link ClientError}, and one of these codes if any are given. */
export function isClientError(error: unknown, ...codes: ErrorCode[]): error is ClientError {
  return error instanceof ClientError && (codes.length === 0 || codes.includes(error.code));
}
