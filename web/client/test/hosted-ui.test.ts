import { beforeEach, expect, test, vi } from "vitest";
import { sha256 } from "../src/crypto.js";
import { toBase64Url, utf8 } from "../src/encoding.js";
import { Auth } from "../src/index.js";
import { FakeStorage, failure } from "./support/browser.js";
import { jwt, POOL } from "./support/cognito.js";

const UI = { domain: "https://photos.auth.eu-west-1.amazoncognito.com", redirectUri: "https://app.example.com/back" };

beforeEach(() => {
  vi.stubGlobal("sessionStorage", new FakeStorage());
});

/** A sign-in page's parameters, and what the token endpoint is asked. */
async function begun(claims: (nonce: string) => object = (nonce) => ({ sub: "1", nonce })): Promise<{
  auth: Auth;
  asked: URLSearchParams;
  forms: URLSearchParams[];
}> {
  const auth = new Auth({ ...POOL, hostedUi: UI });
  const asked = new URL(await auth.beginHostedUi()).searchParams;
  const forms: URLSearchParams[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    expect(url).toBe(`${UI.domain}/oauth2/token`);
    forms.push(new URLSearchParams(String(init.body)));
    const id_token = jwt({ ...claims(asked.get("nonce") ?? "") });
    return Response.json({ access_token: "a", id_token, refresh_token: "r", expires_in: 3600 });
  });
  return { auth, asked, forms };
}

test("proves with PKCE that the code is redeemed by who asked for it", async () => {
  const { auth, asked, forms } = await begun();
  await auth.finishHostedUi(`${UI.redirectUri}?code=c&state=${asked.get("state")}`);
  const verifier = forms[0]?.get("code_verifier") ?? "";
  expect(verifier).toMatch(/^[\w-]{43}$/);
  expect(asked.get("code_challenge")).toBe(toBase64Url(await sha256(utf8(verifier))));
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect(asked.get("scope")).toBe("openid email profile");
  expect(await auth.accessToken()).toBe("a");
  expect(sessionStorage).toHaveLength(0);
});

test.each(["code=c", "code=c&state=forged", "code=c&state=", "error=access_denied"])(
  "redeems nothing for an address with %s",
  async (query) => {
    const { auth, forms } = await begun();
    expect(await failure(auth.finishHostedUi(`${UI.redirectUri}?${query}`))).toMatchObject({ code: "state-mismatch" });
    expect(forms).toEqual([]);
  },
);

test("keeps no tokens whose nonce is of another sign-in", async () => {
  const { auth, asked } = await begun(() => ({ sub: "1", nonce: "another" }));
  const back = auth.finishHostedUi(`${UI.redirectUri}?code=c&state=${asked.get("state")}`);
  expect(await failure(back)).toMatchObject({ code: "state-mismatch" });
  expect(auth.user).toBeUndefined();
});

test("keeps no tokens when neither they nor the tab have a nonce", async () => {
  const { auth, asked } = await begun(() => ({ sub: "1" }));
  const key = sessionStorage.key(0) ?? "";
  const pending = JSON.parse(sessionStorage.getItem(key) ?? "") as object;
  sessionStorage.setItem(key, JSON.stringify({ ...pending, nonce: undefined }));
  const back = auth.finishHostedUi(`${UI.redirectUri}?code=c&state=${asked.get("state")}`);
  expect(await failure(back)).toMatchObject({ code: "state-mismatch" });
});

test("says why the hosted UI refused", async () => {
  const { auth, asked } = await begun();
  const query = `error=access_denied&error_description=blocked&state=${asked.get("state")}`;
  const error = await failure(auth.finishHostedUi(`${UI.redirectUri}?${query}`));
  expect(error).toMatchObject({ code: "hosted-ui", message: expect.stringContaining("access_denied: blocked") });
});

test("leads to the hosted UI's sign-out", () => {
  const url = new Auth({ ...POOL, hostedUi: UI }).hostedUiLogoutUrl("https://app.example.com/");
  expect(url).toBe(`${UI.domain}/logout?client_id=client&logout_uri=https%3A%2F%2Fapp.example.com%2F`);
});

test("reports a missing hostedUi option", async () => {
  expect(await failure(new Auth(POOL).beginHostedUi())).toMatchObject({ code: "invalid-parameter" });
});
