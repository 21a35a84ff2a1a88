/** The worker that reads and hashes pieces of files, so that the page stays responsive. */

import { type HashAnswer, type HashRequest, hashHere } from "./upload/hash.js";

addEventListener("message", ({ data: { id, piece } }: MessageEvent<HashRequest>) => {
  const answer = (answer: HashAnswer): void => postMessage(answer);
  hashHere(piece).then(
    (digest) => answer({ id, digest }),
    (error: Error) => answer({ id, unreadable: error.message }),
  );
});
