/** Cognito's JSON API: unsigned calls of an app client without a secret. */

import { ClientError, type ErrorCode } from "../errors.js";
import { type Answer, busy, json, type Limits, request } from "../net/request.js";

/** A user pool and its app client. */
export interface Pool {
  /** Such as `eu-west-1_AbCdEf123`. */
  readonly userPoolId: string;
  readonly clientId: string;
  /** Address of Cognito's API. Derived from the pool's region unless given. */
  readonly endpoint?: string | undefined;
}

/** A response of Cognito. */
export interface CognitoAnswer {
  readonly body: Record<string, unknown>;
  /** The server's time in milliseconds since 1970; undefined if CORS hides the `Date` header. */
  readonly date: number | undefined;
}

/** Exceptions of the calls in this library ("Amazon Cognito user pools API reference"). */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AliasExistsException: "user-exists",
  CodeDeliveryFailureException: "code-not-delivered",
  CodeMismatchException: "code-mismatch",
  EnableSoftwareTokenMFAException: "code-mismatch",
  ExpiredCodeException: "code-expired",
  InternalErrorException: "server",
  InvalidParameterException: "invalid-parameter",
  InvalidPasswordException: "password-refused",
  LimitExceededException: "too-many-attempts",
  NotAuthorizedException: "not-authorized",
  PasswordHistoryPolicyViolationException: "password-refused",
  PasswordResetRequiredException: "password-reset-required",
  RefreshTokenReuseException: "signed-out",
  TooManyFailedAttemptsException: "too-many-attempts",
  TooManyRequestsException: "throttled",
  UserNotConfirmedException: "not-confirmed",
  UserNotFoundException: "user-not-found",
  UsernameExistsException: "user-exists",
};

/** Calls an action, such as `InitiateAuth`. */
export async function call(
  pool: Pool,
  action: string,
  body: Record<string, unknown>,
  limits?: Limits,
): Promise<CognitoAnswer> {
  const answer = await request(
    endpoint(pool),
    {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify(body),
    },
    limits,
  );
  const name = `Cognito's ${action}`;
  if (answer.status !== 200) throw refusal(answer, name);
  const date = Date.parse(answer.headers.get("date") ?? "");
  return { body: json(answer, name), date: Number.isNaN(date) ? undefined : date };
}

function endpoint(pool: Pool): string {
  if (pool.endpoint) return pool.endpoint;
  const region = /^([a-z0-9-]+)_[A-Za-z0-9]+$/.exec(pool.userPoolId)?.[1];
  if (region) return `https://cognito-idp.${region}.amazonaws.com/`;
  throw new ClientError(
    "invalid-parameter",
    `userPoolId is ${JSON.stringify(pool.userPoolId)}; give the pool's id, such as "eu-west-1_AbCdEf123"`,
  );
}

function refusal(answer: Answer, name: string): ClientError {
  const overloaded = busy(answer, name);
  if (overloaded) return overloaded;
  const { __type: type, message } = json(answer, name);
  // Some services write the type with its namespace: "com.amazonaws…#NotAuthorizedException".
  const service = String(type).split("#").pop() ?? "";
  const text = typeof message === "string" ? message : `${name} answered ${answer.status} ${service}`;
  return new ClientError(codeOf(service, text), text, { status: answer.status, service });
}

function codeOf(service: string, message: string): ErrorCode {
  // Only the message tells it from a wrong password.
  if (service === "NotAuthorizedException" && /attempts exceeded/i.test(message)) return "too-many-attempts";
  return CODES[service] ?? "unexpected-response";
}
