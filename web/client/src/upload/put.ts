/** PUT to a presigned address, with progress. */

import { ClientError } from "../errors.js";
import { aborted, hostOf, noAnswer } from "../net/request.js";
import type { PutTarget } from "./api.js";

/** Milliseconds without a byte after which a PUT counts as lost. */
const STALL = 60_000;

/**
 * Sends `body`, and tells `onProgress` how many bytes have left.
 *
 * By XMLHttpRequest, since fetch does not tell. Fails with `url-refused` when S3 refuses the address (it has expired),
 * `file-changed` when the bytes are not those that were hashed, `upload-ended` when there is no such upload any more.
 */
export function put(
  target: PutTarget,
  body: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(aborted(signal));
    const host = hostOf(target.url);
    const xhr = new XMLHttpRequest();
    let stalled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        xhr.abort();
      }, STALL);
    };
    const stop = (): void => xhr.abort();
    const settle = (error?: ClientError): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      if (error) reject(error);
      else resolve();
    };
    xhr.upload.onprogress = ({ loaded }) => {
      watch();
      onProgress(loaded);
    };
    xhr.onload = () => settle(refusal(xhr.status, xhr.responseText, host));
    xhr.onerror = () => settle(noAnswer(host, undefined, signal, false));
    xhr.onabort = () => settle(noAnswer(host, undefined, signal, stalled));
    signal.addEventListener("abort", stop);
    xhr.open("PUT", target.url);
    for (const [name, value] of Object.entries(target.headers)) xhr.setRequestHeader(name, value);
    watch();
    xhr.send(body);
  });
}

/** S3's error codes below 500 that a later try may not meet: another PUT of the same key was under way, or it stalled. */
const BUSY: readonly string[] = ["RequestTimeout", "ConditionalRequestConflict", "OperationAborted"];

/** S3's answers: "Error responses", Amazon S3 API reference. */
function refusal(status: number, text: string, host: string): ClientError | undefined {
  if (status < 300) return undefined;
  const service = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  // The PUT has If-None-Match and is bound to the checksum: an earlier PUT of these bytes arrived, and lost its response.
  if (status === 412 && service === "PreconditionFailed") return undefined;
  const details = { status, ...(service && { service }) };
  const said = `${host} answered ${status} ${service ?? ""}`.trim();
  if (status === 429 || status >= 500 || (service && BUSY.includes(service))) {
    return new ClientError("server", `${said}; try again later`, details);
  }
  if (service === "BadDigest" || service === "XAmzContentChecksumMismatch") {
    return new ClientError("file-changed", `${said}: the file changed while it was read; upload it again`, details);
  }
  if (service === "NoSuchUpload") return new ClientError("upload-ended", `${said}: start the upload again`, details);
  return new ClientError("url-refused", `${said}: the address has expired, or it is for something else`, details);
}
