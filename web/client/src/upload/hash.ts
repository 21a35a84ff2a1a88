/** SHA-256 of pieces of a file, in a worker if there is one. */

import { sha256 } from "../crypto.js";
import { toHex } from "../encoding.js";
import { ClientError } from "../errors.js";

/** Message to the worker. */
export interface HashRequest {
  readonly id: number;
  readonly piece: Blob;
}

/** Message from the worker: the digest, or why it cannot read the piece. */
export type HashAnswer = { readonly id: number } & ({ readonly digest: string } | { readonly unreadable: string });

/** Computes the SHA-256 of pieces, hexadecimal. */
export type Hasher = (piece: Blob) => Promise<string>;

/** Reads and hashes a piece in this thread. Fails with `file-unreadable`. */
export async function hashHere(piece: Blob): Promise<string> {
  const bytes = await piece.arrayBuffer().catch((cause: unknown) => {
    throw unreadable(String(cause), cause);
  });
  return toHex(await sha256(new Uint8Array(bytes)));
}

/** Returns a hasher in the worker that `create` makes; starts it on first use. */
export function hashIn(create: () => Worker): Hasher {
  const waiting = new Map<number, { resolve(digest: string): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let last = 0;

  const start = (): Worker => {
    const started = made(create);
    started.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
      const caller = waiting.get(data.id);
      waiting.delete(data.id);
      if ("digest" in data) caller?.resolve(data.digest);
      else caller?.reject(unreadable(data.unreadable));
    };
    started.onerror = (event) => {
      const why = event.message || "its script was not loaded; does the Content-Security-Policy allow it?";
      const error = new ClientError("unexpected-response", `the hash worker failed: ${why}`);
      for (const caller of waiting.values()) caller.reject(error);
      waiting.clear();
      worker = undefined;
    };
    return started;
  };

  return (piece) =>
    new Promise((resolve, reject) => {
      worker ??= start();
      const id = ++last;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, piece } satisfies HashRequest);
    });
}

function made(create: () => Worker): Worker {
  try {
    return create();
  } catch (cause) {
    const message = `the hash worker cannot be started (${String(cause)}); give the option \`worker\` of new Uploads()`;
    throw new ClientError("invalid-parameter", message, { cause });
  }
}

/** The worker of this package, beside its main file. */
export function packagedWorker(): Worker {
  return new Worker(new URL("./hash-worker.js", import.meta.url), { type: "module" });
}

function unreadable(why: string, cause?: unknown): ClientError {
  return new ClientError("file-unreadable", `the file cannot be read (${why}); choose it again`, { cause });
}
