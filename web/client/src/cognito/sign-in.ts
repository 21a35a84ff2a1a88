/** Sign-in by SRP, and what Cognito may ask for after the password. */

import { ClientError } from "../errors.js";
import { type CognitoAnswer, call, type Pool } from "./protocol.js";
import { SrpClient, srpTimestamp } from "./srp.js";
import { type Tokens, tokensOf } from "./tokens.js";
import { associate, type TotpSecret } from "./totp.js";

/** What a sign-in needs next. */
export type SignInStep =
  /** Nothing: the user is signed in. */
  | { readonly step: "done" }
  /** A new password, because an administrator chose the present one. */
  | {
      readonly step: "new-password";
      /** Attributes that the user must write as well, such as `name`. */
      readonly requiredAttributes: readonly string[];
      answer(password: string, attributes?: Readonly<Record<string, string>>): Promise<SignInStep>;
    }
  /** The code that the user's authenticator app shows now. */
  | { readonly step: "totp"; answer(code: string): Promise<SignInStep> }
  /** Setting up an authenticator app: show `secret` or `uri`, then answer with the first code. */
  | ({ readonly step: "totp-setup"; answer(code: string): Promise<SignInStep> } & TotpSecret);

/** One sign-in under way. */
interface Attempt {
  readonly pool: Pool;
  /** USERNAME of every challenge response. */
  readonly username: string;
  /** Receives the tokens at the end. */
  readonly accept: (tokens: Tokens) => void;
}

/** Signs in with a password that stays in the browser. */
export async function signIn(
  pool: Pool,
  username: string,
  password: string,
  accept: (tokens: Tokens) => void,
): Promise<SignInStep> {
  const srp = new SrpClient();
  const sent = Date.now();
  const first = await call(pool, "InitiateAuth", {
    ClientId: pool.clientId,
    AuthFlow: "USER_SRP_AUTH",
    AuthParameters: { USERNAME: username, SRP_A: srp.publicA },
  });
  const { ChallengeName, ChallengeParameters } = first.body;
  if (ChallengeName !== "PASSWORD_VERIFIER") throw unsupported(ChallengeName);
  const parameters = strings(ChallengeParameters);
  const challenge = {
    userId: parameters.get("USER_ID_FOR_SRP"),
    salt: parameters.get("SALT"),
    publicB: parameters.get("SRP_B"),
    secretBlock: parameters.get("SECRET_BLOCK"),
  };
  // Prefers the server's time to the local clock, which may be wrong.
  const timestamp = srpTimestamp(first.date ?? sent);
  const attempt = { pool, username: parameters.get("USERNAME"), accept };
  return respond(attempt, "PASSWORD_VERIFIER", first.body["Session"], {
    PASSWORD_CLAIM_SECRET_BLOCK: challenge.secretBlock,
    PASSWORD_CLAIM_SIGNATURE: await srp.sign(pool.userPoolId, password, challenge, timestamp),
    TIMESTAMP: timestamp,
  });
}

/** Answers a challenge, and returns what comes after it. */
async function respond(
  attempt: Attempt,
  challenge: string,
  session: unknown,
  responses: Readonly<Record<string, string>>,
): Promise<SignInStep> {
  const answer = await call(attempt.pool, "RespondToAuthChallenge", {
    ClientId: attempt.pool.clientId,
    ChallengeName: challenge,
    ChallengeResponses: { USERNAME: attempt.username, ...responses },
    ...(typeof session === "string" && { Session: session }),
  });
  return next(attempt, answer);
}

async function next(attempt: Attempt, { body }: CognitoAnswer): Promise<SignInStep> {
  const { ChallengeName: challenge, Session: session } = body;
  switch (challenge) {
    case undefined:
      attempt.accept(tokensOf(body["AuthenticationResult"]));
      return { step: "done" };
    case "NEW_PASSWORD_REQUIRED":
      return newPassword(attempt, session, body["ChallengeParameters"]);
    case "SOFTWARE_TOKEN_MFA":
      return {
        step: "totp",
        answer: (code) => respond(attempt, challenge, session, { SOFTWARE_TOKEN_MFA_CODE: code }),
      };
    case "SELECT_MFA_TYPE":
      return respond(attempt, challenge, session, { ANSWER: "SOFTWARE_TOKEN_MFA" });
    case "MFA_SETUP": {
      const { secret, uri, verify } = await associate(attempt.pool, attempt.username, { Session: session });
      return {
        step: "totp-setup",
        secret,
        uri,
        answer: async (code) => respond(attempt, challenge, await verify(code), {}),
      };
    }
    default:
      throw unsupported(challenge);
  }
}

function newPassword(attempt: Attempt, session: unknown, parameters: unknown): SignInStep {
  const listed: unknown = JSON.parse(strings(parameters).get("requiredAttributes", "[]"));
  const prefix = "userAttributes.";
  return {
    step: "new-password",
    requiredAttributes: Array.isArray(listed) ? listed.map((name) => String(name).replace(prefix, "")) : [],
    answer: (password, attributes = {}) => {
      const written = Object.entries(attributes).map(([name, value]) => [prefix + name, value]);
      const responses = { NEW_PASSWORD: password, ...Object.fromEntries(written) };
      return respond(attempt, "NEW_PASSWORD_REQUIRED", session, responses);
    },
  };
}

/** Reads string members of a JSON object. A missing member without a default is an error. */
function strings(value: unknown): { get(name: string, otherwise?: string): string } {
  return {
    get(name, otherwise) {
      const member = (value as Record<string, unknown> | undefined)?.[name] ?? otherwise;
      if (typeof member === "string") return member;
      throw new ClientError("unexpected-response", `Cognito's challenge has no ${name}`);
    },
  };
}

function unsupported(challenge: unknown): ClientError {
  return new ClientError(
    "challenge-unsupported",
    `Cognito asks for ${String(challenge)}, which this library cannot answer; sign in at the hosted UI`,
  );
}
