/** The deployment's configuration, which Terraform writes beside the page. */

/** The members of /config.json that the page uses. */
export interface Config {
  /** The upload API without a slash at the end; empty where the site itself answers for it. */
  readonly api: string;
  readonly userPoolId: string;
  readonly clientId: string;
  /** Cognito's API; absent, the endpoint of the pool's region. */
  readonly cognito: string | undefined;
  /** The hosted UI; absent, there is none. */
  readonly hostedUi: string | undefined;
  /** Largest file in bytes that goes in one PUT. */
  readonly wholeLimit: number;
  /** Whether people may create their own accounts. */
  readonly selfSignUp: boolean;
}

const MIB = 1024 * 1024;

/** Reads a configuration. Fails with the name of the member that is missing or invalid. */
export function parseConfig(value: unknown): Config {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("config.json is not a JSON object");
  }
  const text = (name: string): string | undefined => {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined || member === null || member === "") return undefined;
    if (typeof member === "string") return member;
    throw new Error(`config.json: "${name}" is not a string`);
  };
  const required = (name: string): string => {
    const member = text(name);
    if (member !== undefined) return member;
    throw new Error(`config.json has no "${name}"`);
  };
  const wholeLimit = Number(text("multipart_above_bytes") ?? 16 * MIB);
  if (!Number.isSafeInteger(wholeLimit) || wholeLimit < 0) {
    throw new Error('config.json: "multipart_above_bytes" is not a number of bytes');
  }
  return {
    api: required("api").replace(/\/+$/, ""),
    userPoolId: required("user_pool_id"),
    clientId: required("user_pool_client_id"),
    cognito: text("cognito"),
    hostedUi: text("sign_in"),
    wholeLimit,
    selfSignUp: text("self_sign_up") !== "false",
  };
}

/** Fetches the configuration. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`/config.json was answered ${response.status}`);
  return parseConfig(await response.json());
}
