/** Sign-in with Amazon Cognito, and uploads to the pipeline, for the browser. */

export { Auth, type AuthOptions, type TotpSetup } from "./auth.js";
export type { HostedUi } from "./cognito/hosted-ui.js";
export type { SignInStep } from "./cognito/sign-in.js";
export type { User } from "./cognito/tokens.js";
export type { TotpSecret } from "./cognito/totp.js";
export { ClientError, type ErrorCode, type ErrorDetails, isClientError, type Problem } from "./errors.js";
export type { Page, TokenSource, UploadDescription, UploadStatus } from "./upload/api.js";
export type { Progress, Upload } from "./upload/upload.js";
export { type UploadOptions, Uploads, type UploadsOptions } from "./upload/uploads.js";
