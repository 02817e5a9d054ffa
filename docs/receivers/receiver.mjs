// A receiver of registry-monitor's webhooks, to copy: Node.js 18 or newer, and nothing else.
//
//     monitor subscribe webhook https://example.org/hooks/trials --all       # shows the signing secret, this once
//     echo whsec_… > secrets.txt; chmod 600 secrets.txt
//     node receiver.mjs --port 8000 --secrets secrets.txt --inbox inbox.jsonl
//
// Put it behind something that speaks TLS, and your own work into `act`. What it does, and yours should, too:
//
// * It verifies each request as Standard Webhooks 1.0.0 has it, and refuses one that is more than five minutes old. The
//   file has a secret a line, and is read each time: after `monitor subscriptions rotate`, add the new one and go on.
// * It keeps a message on disk before it answers, and answers before it works: the sender waits for 15 seconds.
// * It keeps each webhook-id once. The same message comes again where an answer was lost.
// * What was kept and not acted on when it ended, it acts on when it starts again: so `act` may see a message twice.

import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const TOLERANCE = 5 * 60;
const LARGEST = 64 * 1024; // bytes; the sender keeps below 20,000
const SHORTEST_KEY = 24;

// Do your work with one message, in the order in which they came. docs/webhook.schema.json describes it.
async function act(message) {
  const { type, data } = message;
  if (type.startsWith("monitor.")) return say(`${type}: ${data.subject}`);
  for (const trial of type === "digest" ? data.trials : [data])
    for (const change of trial.changes) say(`${trial.trial_id} ${change.significance}: ${change.summary}`);
}

// Print a line, without what could steer a terminal: a registry's words are other people's.
function say(text) {
  console.log(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?"));
}

// Why a request is not believed; null where it is.
function fault(headers, body, secrets, now) {
  const id = headers["webhook-id"] ?? "";
  const stamp = headers["webhook-timestamp"] ?? "";
  if (!id || !/^[0-9]{1,12}$/.test(stamp)) return "webhook-id or webhook-timestamp is missing or malformed";
  if (Math.abs(now - Number(stamp)) > TOLERANCE) return "the timestamp is more than five minutes off";
  const signed = Buffer.concat([Buffer.from(`${id}.${stamp}.`, "latin1"), body]);
  const right = secrets.map((secret) => createHmac("sha256", secret).update(signed).digest());
  const given = (headers["webhook-signature"] ?? "").split(" ").filter((each) => each.startsWith("v1,"));
  const bytes = given.map((each) => Buffer.from(each.slice(3), "base64"));
  // Every pair is compared, each in constant time, so that time tells nothing.
  const found = right.flatMap((one) => bytes.map((other) => one.length === other.length && timingSafeEqual(one, other)));
  return found.includes(true) ? null : "no signature is right";
}

// The keys of a file of `whsec_…`, one a line.
function secretsIn(path) {
  const lines = readFileSync(path, "utf8").split(/\s+/).filter(Boolean);
  const keys = lines.map((line) => Buffer.from(line.replace(/^whsec_/, ""), "base64"));
  // With an empty key anybody could sign.
  if (!keys.length || keys.some((key) => key.length < SHORTEST_KEY)) throw new Error("whsec_… is expected, a secret a line");
  return keys;
}

// A file of JSON lines: each message as it came, once; and the ids of those that were acted on.
class Inbox {
  constructor(path) {
    const kept = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const end = kept.lastIndexOf("\n") + 1;
    // A line that a crash cut off was never answered, and comes again.
    if (end < kept.length) truncateSync(path, end);
    this.file = openSync(path, "a");
    const lines = kept.subarray(0, end).toString().split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const done = new Set(lines.map((line) => line.done));
    this.ids = new Set(lines.map((line) => line.id));
    this.last = Promise.resolve();
    for (const line of lines) if (line.id && !done.has(line.id)) this.#queue(line.id, line.message);
  }

  // Keep a message, unless it is kept already.
  keep(id, message) {
    if (this.ids.has(id)) return;
    this.#write({ id, message });
    this.ids.add(id);
    this.#queue(id, message);
  }

  // Act on it, after those that came before it.
  #queue(id, message) {
    const work = async () => {
      try {
        await act(message);
        this.#write({ done: id });
      } catch (error) {
        say(`not done with ${id}: ${error}`); // the next one is acted on all the same, and this one at the next start
      }
    };
    this.last = this.last.then(() => new Promise(setImmediate)).then(work);
  }

  #write(line) {
    writeSync(this.file, JSON.stringify(line) + "\n");
    fsyncSync(this.file);
  }
}

// Verify, keep, answer.
function receive(request, response, body, { secrets, inbox }) {
  const answer = (status, words = "") => response.writeHead(status).end(words);
  try {
    const wrong = fault(request.headers, body, secretsIn(secrets), Date.now() / 1000);
    if (wrong) return answer(401, wrong);
  } catch (error) {
    say(`${secrets} cannot be used: ${error.message}`);
    return answer(500, "the receiver is in trouble"); // and is asked again
  }
  let message;
  try {
    message = JSON.parse(body.toString());
  } catch {
    return answer(400, "the body is not JSON");
  }
  try {
    inbox.keep(request.headers["webhook-id"], message);
  } catch (error) {
    say(`the inbox cannot be written: ${error.message}`);
    return answer(500, "the receiver is in trouble");
  }
  return answer(204);
}

const { values: given } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8000" }, // 0 for any free one
    secrets: { type: "string", default: "secrets.txt" }, // a file with a signing secret (whsec_…) a line
    inbox: { type: "string", default: "inbox.jsonl" }, // where messages are kept
  },
});
const inbox = new Inbox(given.inbox);
const server = createServer((request, response) => {
  if (request.method !== "POST") return response.writeHead(405).end();
  const parts = [];
  let length = 0;
  request.on("data", (part) => {
    length += part.length;
    if (length <= LARGEST) parts.push(part);
    else if (!response.headersSent) response.writeHead(413, { Connection: "close" }).end();
  });
  request.on("end", () => {
    if (length <= LARGEST) receive(request, response, Buffer.concat(parts), { secrets: given.secrets, inbox });
  });
});
server.requestTimeout = 10_000;
server.listen(Number(given.port), given.host, () => {
  say(`listening on http://${given.host}:${server.address().port}/`);
});
