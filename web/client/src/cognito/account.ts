/** Sign-up and password recovery. */

import { call, type Pool } from "./protocol.js";

/** Creates an account; Cognito mails a code to `email`. The password travels to Cognito, over TLS. */
export async function signUp(
  pool: Pool,
  email: string,
  password: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  await call(pool, "SignUp", {
    ClientId: pool.clientId,
    Username: email,
    Password: password,
    UserAttributes: Object.entries({ email, ...attributes }).map(([Name, Value]) => ({ Name, Value })),
  });
}

/** Confirms the address of a new account by the mailed code. */
export async function confirmSignUp(pool: Pool, email: string, code: string): Promise<void> {
  await call(pool, "ConfirmSignUp", { ClientId: pool.clientId, Username: email, ConfirmationCode: code });
}

/** Mails the code of a new account again. */
export async function resendCode(pool: Pool, email: string): Promise<void> {
  await call(pool, "ResendConfirmationCode", { ClientId: pool.clientId, Username: email });
}

/** Mails a code with which a forgotten password can be replaced. */
export async function forgotPassword(pool: Pool, email: string): Promise<void> {
  await call(pool, "ForgotPassword", { ClientId: pool.clientId, Username: email });
}

/** Replaces a forgotten password by the mailed code. */
export async function resetPassword(pool: Pool, email: string, code: string, password: string): Promise<void> {
  await call(pool, "ConfirmForgotPassword", {
    ClientId: pool.clientId,
    Username: email,
    ConfirmationCode: code,
    Password: password,
  });
}
