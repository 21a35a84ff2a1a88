/** A Cognito that answers from a script, and a session's worth of tokens. */

import { vi } from "vitest";
import type { Pool } from "../../src/cognito/protocol.js";
import { toBase64Url, utf8 } from "../../src/encoding.js";

export const POOL: Pool = { userPoolId: "eu-west-1_AbCdEf123", clientId: "client" };

/** A call that Cognito got. */
export interface Call {
  readonly action: string;
  readonly body: Record<string, unknown>;
}

/** What it answers: a body, an exception, or an Error for no answer at all. */
export type Reply = Record<string, unknown> | Error | { readonly exception: string; readonly message?: string };

/** Replaces fetch by `reply`, and records the calls. */
export function fakeCognito(reply: (call: Call, count: number) => Reply | Promise<Reply>, date?: string): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (url !== "https://cognito-idp.eu-west-1.amazonaws.com/") throw new Error(`called ${url}`);
    const headers = new Headers(init.headers);
    const action = headers.get("x-amz-target")?.replace("AWSCognitoIdentityProviderService.", "") ?? "";
    const call = { action, body: JSON.parse(String(init.body)) as Record<string, unknown> };
    calls.push(call);
    const answer = await reply(call, calls.length);
    if (answer instanceof Error) throw answer;
    if (!("exception" in answer)) return Response.json(answer, date ? { headers: { date } } : {});
    const { exception, message } = answer;
    const status = exception === "InternalErrorException" ? 500 : 400;
    return Response.json({ __type: exception, message }, { status });
  });
  return calls;
}

/** Returns a JWT with these claims, unsigned. */
export function jwt(claims: Record<string, unknown>): string {
  return `e30.${toBase64Url(utf8(JSON.stringify(claims)))}.`;
}

/** Returns an answer with tokens that are told apart by `name`, good for an hour. */
export function authenticated(name: string, refresh: string | undefined = `refresh-${name}`): Record<string, unknown> {
  return {
    AuthenticationResult: {
      AccessToken: `access-${name}`,
      IdToken: jwt({ sub: "123", email: "ann@example.com" }),
      ...(refresh && { RefreshToken: refresh }),
      ExpiresIn: 3600,
    },
  };
}
