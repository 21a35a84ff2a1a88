/** Serves the built site as CloudFront does, over services in memory: `npm run preview --workspace site`. */

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { cognito } from "./cognito.ts";
import { api, content, put } from "./uploads.ts";

const PORT = Number(process.env["PORT"] ?? "4173");

/** Milliseconds that every PUT takes, to see something on its way. */
const DELAY = Number(process.env["DELAY"] ?? "0");

const DIST = new URL("../dist", import.meta.url);

const TYPES: Readonly<Record<string, string>> = { css: "text/css", html: "text/html", js: "text/javascript", svg: "image/svg+xml" };

/** As modules/static-site writes it for this site; here all addresses are the site's own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types hash-worker",
].join("; ");

const CONFIG = {
  api: "/",
  cognito: "/cognito",
  sign_in: `http://localhost:${PORT}/hosted`,
  user_pool_id: "eu-west-1_Mock",
  user_pool_client_id: "mock",
};

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
}).listen(PORT, "127.0.0.1", () => console.log(`http://localhost:${PORT}`));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", `http://localhost:${PORT}`);
  const json = (status: number, body?: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(body === undefined ? undefined : JSON.stringify(body));
  };
  if (url.pathname === "/config.json") return json(200, CONFIG);
  if (url.pathname === "/cognito") {
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const said = cognito(action, JSON.parse((await read(request)).toString()) as Record<string, unknown>);
    return json(said.status, said.body);
  }
  if (url.pathname === "/uploads" || url.pathname.startsWith("/uploads/")) {
    const said = api(request.method ?? "GET", url, JSON.parse((await read(request)).toString() || "{}") as Record<string, unknown>);
    return json(said.status, said.body);
  }
  if (url.pathname.startsWith("/s3/")) return store(request, response, url);
  await file(response, url.pathname);
}

async function store(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  if (request.method === "PUT") {
    put(url, await read(request));
    await new Promise((resolve) => setTimeout(resolve, DELAY));
    response.end();
    return;
  }
  const found = content(url);
  if (!found) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": found.type, "content-disposition": "attachment" }).end(found.bytes);
}

async function file(response: ServerResponse, path: string): Promise<void> {
  const name = path.slice(path.lastIndexOf("/") + 1).includes(".") ? path : "/index.html";
  const bytes = await readFile(new URL(`dist${name}`, new URL("./", DIST))).catch(() => undefined);
  if (!bytes) return void response.writeHead(404).end();
  const type = TYPES[name.split(".").pop() ?? ""] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "content-security-policy": POLICY }).end(bytes);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
