/** What tests/site/browser.rs has set up: the site of examples/site on an embedded AWS. */

function variable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set; run these tests by cargo test --workspace --test site browser`);
}

/** The site's origin, as a browser on this machine reaches it. */
export const SITE = variable("SITE");
/** The embedded AWS: Cognito, its hosted UI and S3. */
export const AWS = variable("EMBEDDED_AWS");
export const USER_POOL_ID = variable("USER_POOL_ID");
export const CLIENT_ID = variable("CLIENT_ID");
/** Meets the pool's password policy, as does {@link NEW_PASSWORD}. */
export const PASSWORD = variable("PASSWORD");
export const NEW_PASSWORD = "Another-Horse-8-Battery";
/** Whom an administrator has invited with {@link PASSWORD}. */
export const INVITED = variable("INVITED");
export const CHROMIUM = variable("CHROMIUM");
/** Hash of the public key of the embedded AWS, whose authority the browser does not know. */
export const KEY_HASH = variable("KEY_HASH");
/** A folder for screenshots. */
export const SCREENSHOTS = variable("SCREENSHOTS");
