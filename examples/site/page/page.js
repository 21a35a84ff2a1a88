// Signs in, uploads a text file and says what became of it. No string becomes markup: the page runs under Trusted Types.

import { arrive, leave } from "./sign_in.js";

const FINAL = ["PROCESSED", "FAILED"];

const element = (id) => document.getElementById(id);

function say(text) {
  element("status").textContent = text;
}

/** Calls the API; throws what its problem (RFC 9457) says. */
async function call(config, token, path, body) {
  const answer = await fetch(`${config.api.replace(/\/$/, "")}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const result = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(result.detail ?? `The API answered ${answer.status}.`);
  }
  return result;
}

async function upload(config, token, file) {
  say(`Uploading ${file.name}…`);
  const { upload_id: id } = await call(config, token, "/uploads", { filename: file.name, content: await file.text() });
  for (;;) {
    const { status } = await call(config, token, `/uploads/${encodeURIComponent(id)}`);
    say(`${file.name}: ${status.toLowerCase()}`);
    if (FINAL.includes(status)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** Runs `work`, and says what went wrong if something does. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    say(error.message);
  }
}

async function start() {
  const config = await (await fetch("/config.json")).json();
  element("sign-in").addEventListener("click", () => attempt(() => leave(config)));
  element("sign-in").hidden = false;
  say("Sign in to upload a file.");
  const token = await arrive(config);
  if (token === null) {
    return;
  }
  element("sign-in").hidden = true;
  element("upload").hidden = false;
  say("Choose a text file.");
  element("upload").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => upload(config, token, element("file").files[0]));
  });
}

attempt(start);
