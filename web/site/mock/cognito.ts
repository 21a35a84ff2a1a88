/**
 * A Cognito that believes every password, and asks for what the e-mail address begins with: `wrong` is refused, `new`
 * needs a new password, `totp` a code, `setup` an authenticator app, `unconfirmed` the mailed code. Every code is
 * 123456.
 */

type Body = Record<string, unknown>;

const CODE = "123456";
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** Users with an authenticator app. */
const withApp = new Set<string>();

/** Answers an action: the body, or the exception that Cognito would throw. */
export function cognito(action: string, body: Body): { readonly status: number; readonly body: Body } {
  try {
    return { status: 200, body: answer(action, body) };
  } catch (error) {
    const [type, message] = String((error as Error).message).split(": ");
    return { status: 400, body: { __type: type, message: message ?? type } };
  }
}

function answer(action: string, body: Body): Body {
  const responses = (body["ChallengeResponses"] ?? {}) as Record<string, string>;
  const parameters = (body["AuthParameters"] ?? {}) as Record<string, string>;
  switch (action) {
    case "SignUp":
      if (String(body["Username"]).startsWith("taken")) throw new Error("UsernameExistsException");
      if (String(body["Password"]).length < 12) throw new Error("InvalidPasswordException: Password not long enough");
      return { UserConfirmed: false };
    case "ConfirmSignUp":
    case "ConfirmForgotPassword":
      check(body["ConfirmationCode"]);
      return {};
    case "InitiateAuth":
      return { ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: verifier(parameters["USERNAME"] ?? "") };
    case "RespondToAuthChallenge":
      return next(String(body["ChallengeName"]), responses["USERNAME"] ?? "", responses);
    case "AssociateSoftwareToken":
      return { SecretCode: SECRET, Session: "session" };
    case "VerifySoftwareToken":
      check(body["UserCode"]);
      return { Status: "SUCCESS", Session: "session" };
    case "SetUserMFAPreference":
      if ((body["SoftwareTokenMfaSettings"] as { Enabled: boolean }).Enabled) withApp.add(nameOf(body));
      else withApp.delete(nameOf(body));
      return {};
    case "GetUser":
      return { UserMFASettingList: withApp.has(nameOf(body)) ? ["SOFTWARE_TOKEN_MFA"] : [] };
    case "GetTokensFromRefreshToken":
      return tokens(String(body["RefreshToken"]).replace("refresh-", ""));
    default:
      return {};
  }
}

function next(challenge: string, user: string, responses: Record<string, string>): Body {
  if (challenge === "PASSWORD_VERIFIER") {
    if (user.startsWith("wrong")) throw new Error("NotAuthorizedException: Incorrect username or password.");
    if (user.startsWith("unconfirmed")) throw new Error("UserNotConfirmedException");
    if (user.startsWith("new")) {
      const ChallengeParameters = { requiredAttributes: '["userAttributes.name"]' };
      return { ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "session", ChallengeParameters };
    }
    if (user.startsWith("setup")) return { ChallengeName: "MFA_SETUP", Session: "session", ChallengeParameters: {} };
    if (user.startsWith("totp") || withApp.has(user)) return { ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "session" };
  }
  if (challenge === "SOFTWARE_TOKEN_MFA") check(responses["SOFTWARE_TOKEN_MFA_CODE"]);
  return tokens(user);
}

function verifier(user: string): Body {
  return { USERNAME: user, USER_ID_FOR_SRP: user, SALT: "0a", SRP_B: "abcdef", SECRET_BLOCK: "AAAA" };
}

function check(code: unknown): void {
  if (code !== CODE) throw new Error("CodeMismatchException");
}

function nameOf(body: Body): string {
  return String(body["AccessToken"]).replace("access-", "");
}

function tokens(user: string): Body {
  const claims = Buffer.from(JSON.stringify({ sub: user, email: user })).toString("base64url");
  const AuthenticationResult = {
    AccessToken: `access-${user}`,
    IdToken: `e30.${claims}.`,
    RefreshToken: `refresh-${user}`,
    ExpiresIn: 3600,
  };
  return { AuthenticationResult };
}
