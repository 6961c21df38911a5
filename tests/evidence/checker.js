// Checks an evidence file by docs/evidence.md alone: node, its crypto module and a keccak, nothing of the product.
//
//   node checker.js FILE [BLOCK_HASH…]    prints {"verdict", "record", "field"}
//
// The page's tables of messages and events are read from the page itself, so that they cannot differ from it.
"use strict";
const fs = require("fs");
const path = require("path");
const crypto = require("crypto");
const { keccak256: keccakHex } = require("js-sha3");

const page = fs.readFileSync(path.join(__dirname, "..", "..", "docs", "evidence.md"), "utf8");
const keccak = (bytes) => Buffer.from(keccakHex.arrayBuffer(bytes));
const hex = (bytes) => "0x" + bytes.toString("hex");
const bytes = (text) => Buffer.from(text.slice(2), "hex");
const word = (n) => Buffer.from(BigInt(n).toString(16).padStart(64, "0"), "hex");
const left = (b) => Buffer.concat([Buffer.alloc(32 - b.length), b]);
const number = (b) => (b.length ? BigInt(hex(b)) : 0n);

class Bad extends Error {
  constructor(record, field) { super(`record ${record}, ${field}`); this.record = record; this.field = field; }
}

// ---------------------------------------------------------------- the page's tables

const cell = (line) => line.split("|").slice(1, -1).map((one) => one.trim().replace(/`/g, ""));
const rows = (pattern) => page.split("\n").filter((line) => pattern.test(line)).map(cell);
const MESSAGES = new Map(rows(/^\| `\w+\(.*\)` \| \w+ \| (consumer|merchant|payee|certifier) \|/).map(
  ([type, stage, signer, domain]) => [type, { stage, signer, domain, fields: fieldsOf(type) }]));
const PURCHASE = [...MESSAGES.keys()].find((type) => type.startsWith("Purchase("));
const EVENTS = rows(/^\| \w+ \| \w+ \| `\w+\(/).map(([contract, stage, text]) => {
  const name = text.split("(")[0];
  const fields = text.slice(name.length + 1, -1).split(",").flatMap((one) => {
    const [kind, ...rest] = one.split(" ");
    if (kind === "Terms") return fieldsOf(PURCHASE).map((f) => ({ ...f, of: rest[0] }));
    return [{ kind, name: rest[rest.length - 1], indexed: rest.length === 2 }];
  });
  const flat = fields.map((f, i) => (f.of ? (fields[i - 1]?.of ? "" : "(") + f.kind + (fields[i + 1]?.of ? "" : ")") : f.kind));
  return { contract, stage, name, fields, topic: hex(keccak(Buffer.from(`${name}(${flat.join(",")})`))) };
});
function fieldsOf(type) {
  return type.slice(type.indexOf("(") + 1, -1).split(",").map((one) => ({ kind: one.split(" ")[0], name: one.split(" ")[1] }));
}

// ---------------------------------------------------------------- 1 and 2: bytes, fields, records

const canonical = (v) => Array.isArray(v) ? `[${v.map(canonical).join(",")}]`
  : v && typeof v === "object" ? `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(",")}}`
    : JSON.stringify(v);

function spelling(file) {
  const lines = (o, parts, c) => `${o}\n${parts.join(",\n")}\n${c}`;
  const map = (m) => lines("{", Object.keys(m).sort().map((k) => `${JSON.stringify(k)}:${canonical(m[k])}`), "}");
  return `{"format":${canonical(file.format)},\n"headers":${map(file.headers)},\n"proofs":${map(file.proofs)},\n`
    + `"records":${lines("[", file.records.map(canonical), "]")}}\n`;
}

function leaves(value, at = "", found = {}) {
  if (typeof value !== "object") found[at] = value;
  else for (const key of Object.keys(value)) leaves(value[key], at ? `${at}.${key}` : key, found);
  return found;
}

function checkHashes(records) {
  const H = (v) => crypto.createHash(records[0].body.hash_algorithm).update(canonical(v)).digest("hex");
  let previous = "0".repeat(64);
  records.forEach((record, n) => {
    const found = leaves(record.body);
    for (const at of new Set([...Object.keys(found), ...Object.keys(record.seals)])) {
      if (found[at] === undefined || H([at, found[at]]) !== record.seals[at]) throw new Bad(n, at);
    }
    if (record.previous !== previous) throw new Bad(n, "previous");
    if (H({ previous, seals: record.seals }) !== record.hash) throw new Bad(n, "hash");
    if (record.body.number !== n) throw new Bad(n, "number");
    previous = record.hash;
  });
}

// ---------------------------------------------------------------- 4: messages

function digest(type, domain, values) {
  const encode = (kind, text) => (kind === "uint256" ? word(text) : left(bytes(text)));
  const separator = keccak(Buffer.concat([
    keccak(Buffer.from("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")),
    keccak(Buffer.from(domain.name)), keccak(Buffer.from(domain.version)), word(domain.chainId),
    left(bytes(domain.verifyingContract))]));
  const words = fieldsOf(type).map(({ kind, name }) => encode(kind, values[name]));
  return keccak(Buffer.concat([Buffer.from("1901", "hex"), separator,
    keccak(Buffer.concat([keccak(Buffer.from(type)), ...words]))]));
}

const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G = [0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n];
const mod = (a, m = P) => ((a % m) + m) % m;
function power(base, exponent, m = P) {
  let result = 1n;
  for (; exponent; exponent >>= 1n, base = (base * base) % m) if (exponent & 1n) result = (result * base) % m;
  return result;
}
const inverse = (a, m = P) => power(mod(a, m), m - 2n, m);
function twice([x, y, z]) { // Jacobian: x / z^2, y / z^3
  const b = mod(y * y), s = mod(4n * x * b), m = mod(3n * x * x), x3 = mod(m * m - 2n * s);
  return [x3, mod(m * (s - x3) - 8n * b * b), mod(2n * y * z)];
}
function plus(p, q) {
  if (!p || !q) return p || q;
  const [z1, z2] = [mod(p[2] * p[2]), mod(q[2] * q[2])];
  const [u1, u2, s1, s2] = [mod(p[0] * z2), mod(q[0] * z1), mod(p[1] * q[2] * z2), mod(q[1] * p[2] * z1)];
  if (u1 === u2) return s1 === s2 ? twice(p) : null;
  const h = mod(u2 - u1), r = mod(s2 - s1), hh = mod(h * h), hhh = mod(h * hh), v = mod(u1 * hh);
  const x = mod(r * r - hhh - 2n * v);
  return [x, mod(r * (v - x) - s1 * hhh), mod(p[2] * q[2] * h)];
}
function times(point, n) {
  let result = null;
  for (; n; n >>= 1n, point = twice(point)) if (n & 1n) result = plus(result, point);
  return result;
}
const recovered = new Map();
function recover(hash, signature) {
  const known = hex(hash) + hex(signature);
  if (!recovered.has(known)) recovered.set(known, recoverAnew(hash, signature));
  return recovered.get(known);
}
function recoverAnew(hash, signature) {
  let [r, s, v] = [number(signature.subarray(0, 32)), number(signature.subarray(32, 64)), signature[64]];
  if (signature.length === 64) [s, v] = [s & (2n ** 255n - 1n), 27 + Number(s >> 255n)];
  if (![64, 65].includes(signature.length) || ![27, 28].includes(v) || !r || r >= N || !s || s > N / 2n) return "";
  const y2 = mod(r * r * r + 7n), y = power(y2, (P + 1n) / 4n);
  if (mod(y * y) !== y2) return "";
  const back = inverse(r, N), e = mod(-number(hash) * back, N);
  const point = plus(times([r, Number(y & 1n) === v - 27 ? y : P - y, 1n], mod(s * back, N)), e && times([...G, 1n], e));
  const z = inverse(point[2]);
  return hex(keccak(Buffer.concat([word(mod(point[0] * z * z)), word(mod(point[1] * z * z * z))])).subarray(12));
}

function checkMessage(n, body, card, terms, carried) {
  const kind = MESSAGES.get(body.type);
  if (!kind) throw new Bad(n, "type");
  if (body.stage !== kind.stage) throw new Bad(n, "stage");
  const payee = /^0x0{40}$/.test(terms.payee) ? terms.merchant : terms.payee;
  const who = { consumer: card.owner, merchant: terms.merchant, certifier: terms.certifier, payee }[kind.signer];
  const own = kind.domain === "card";
  const must = { "domain.name": own ? "Prepaid SubWallet" : "Digital Yuan", "domain.version": "1",
    "domain.chainId": card.chain_id, "domain.verifyingContract": own ? card.sub_wallet : terms.token, signer: who };
  if (body.values.card && body.values.newCard !== card.card) must["values.card"] = card.card;
  if (body.type.startsWith("ReceiveWithAuthorization(")) {
    const principal = BigInt(terms.amounts) % 2n ** 48n, buyBy = (BigInt(terms.order) >> 64n) % 2n ** 40n;
    Object.assign(must, { "values.from": card.owner, "values.to": card.sub_wallet, "values.nonce": card.card,
      "values.validAfter": "0", "values.value": `${principal}`, "values.validBefore": `${buyBy + 1n}` });
  }
  for (const [at, value] of Object.entries(must)) if (leaves(body)[at] !== value) throw new Bad(n, at);
  if (body.reference) {
    const { salt, words, number: no, merchant_name: name, item, store } = body.reference;
    const text = words === undefined ? [no, name, item, store].join("\n") : words;
    const told = hex(keccak(Buffer.concat([bytes(salt), Buffer.from(text)])));
    if (told !== (body.values.charge || body.values.evidence || body.values.reason)) throw new Bad(n, "reference");
  }
  if (body.terms && cardId(body.terms, card) !== card.card) throw new Bad(n, "terms");
  if (body.by !== "key") return checkCarried(n, body, carried);
  if (recover(digest(body.type, body.domain, body.values), bytes(body.signature)) !== body.signer) throw new Bad(n, "signature");
  return true;
}

function checkCarried(n, body, carried) {
  const raw = carried.find((one) => one.includes(bytes(body.signature).subarray(0, 64)));
  const name = body.type.split("(")[0];
  if (!raw) return false;
  if (!raw.includes(bytes(body.signature))) throw new Bad(n, "signature");
  if (/^(Terminate|Transfer)$/.test(name)) return false;
  if (/^(ReceiveWithAuthorization|Purchase)$/.test(name)) return true; // all fields are fixed by the card
  const words = fieldsOf(body.type).filter((f) => f.name !== "card")
    .map(({ kind, name: field }) => (kind === "uint256" ? word(body.values[field]) : left(bytes(body.values[field]))));
  if (!raw.includes(Buffer.concat(words))) throw new Bad(n, "values");
  return true;
}

const cardId = (terms, card) => hex(digest(PURCHASE, { name: "Prepaid SubWallet", version: "1", chainId: card.chain_id,
  verifyingContract: card.sub_wallet }, terms));

function checkCard(card) {
  const code = Buffer.concat([Buffer.from("6100413d81600a3d39f3363d3d373d3d3d363d73", "hex"), bytes(card.implementation),
    Buffer.from("5af43d82803e903d91602b57fd5bf3", "hex"), bytes(card.owner)]);
  const made = keccak(Buffer.concat([Buffer.from("ff", "hex"), bytes(card.factory), Buffer.alloc(32), keccak(code)]));
  if (hex(made.subarray(12)) !== card.sub_wallet) throw new Bad(0, "sub_wallet");
}

// ---------------------------------------------------------------- 5 and 6: events and proofs

function rlp(data, at = 0) {
  const first = data[at];
  if (first < 0x80) return [data.subarray(at, at + 1), at + 1];
  const base = first < 0xc0 ? 0x80 : 0xc0, short = first - base < 56;
  const size = short ? 0 : first - base - 55, start = at + 1 + size;
  const end = start + (short ? first - base : Number(number(data.subarray(at + 1, start))));
  if (base === 0x80) return [data.subarray(start, end), end];
  const items = [];
  for (at = start; at < end;) { const [item, next] = rlp(data, at); items.push(item); at = next; }
  return [items, end];
}
const key = (n) => (n === 0 ? Buffer.from([0x80]) : n < 128 ? Buffer.from([n])
  : Buffer.concat([Buffer.from([0x80 + Math.ceil(n.toString(16).length / 2)]), Buffer.from(n.toString(16).padStart(2 * Math.ceil(n.toString(16).length / 2), "0"), "hex")]));
const nibbles = (b) => [...b].flatMap((one) => [one >> 4, one & 15]);

function valueAt(n, where, root, index, nodes) {
  let expected = root, route = nibbles(key(index)), used = 0;
  for (;;) {
    let node = expected;
    if (!Array.isArray(expected)) {
      const raw = bytes(nodes[used] || "0x");
      if (!keccak(raw).equals(expected)) throw new Bad(n, `${where}.${used}`);
      node = rlp(raw)[0];
      used += 1;
    }
    let last = false;
    if (node.length === 17) {
      last = route.length === 0;
      expected = node[last ? 16 : route[0]];
      route = route.slice(1);
    } else {
      const packed = nibbles(node[0]), prefix = packed.slice(packed[0] & 1 ? 1 : 2);
      if (prefix.some((one, i) => one !== route[i])) throw new Bad(n, where);
      route = route.slice(prefix.length);
      last = Boolean(packed[0] & 2);
      expected = node[1];
      if (last && route.length) throw new Bad(n, where);
    }
    if (expected.length === 0) throw new Bad(n, where);
    if (last) { if (used !== nodes.length) throw new Bad(n, where); return expected; }
  }
}

function decode(n, log) {
  const event = EVENTS.find((one) => one.topic === log.topics[0]);
  if (!event) throw new Bad(n, "topics.0");
  const topics = log.topics.slice(1).map(bytes), data = bytes(log.data), values = {};
  let at = 0, topic = 0;
  for (const { kind, name, indexed, of } of event.fields) {
    const raw = indexed ? topics[topic++] : data.subarray(32 * at, 32 * ++at);
    const text = kind === "bytes32" ? hex(raw) : kind === "address" ? hex(raw.subarray(12)) : number(raw).toString();
    if (of) (values[of] ??= {})[name] = text; else values[name] = text;
  }
  return { event, values };
}

function checkEvent(n, body, file, card, headers, carried) {
  const header = headers.get(body.block_hash), proof = file.proofs[body.transaction];
  if (!header) throw new Bad(n, "block_hash");
  if (Number(number(header[8])) !== body.block) throw new Bad(n, "block");
  if (!proof) throw new Bad(n, "transaction");
  const where = `proofs.${body.transaction}`;
  const raw = valueAt(n, `${where}.receipt`, header[5], proof.index, proof.receipt);
  const receipt = rlp(raw[0] < 0xc0 ? raw.subarray(1) : raw)[0];
  if (proof.transaction) {
    const sent = valueAt(n, `${where}.transaction`, header[4], proof.index, proof.transaction);
    if (hex(keccak(sent)) !== body.transaction) throw new Bad(n, "transaction");
    carried.push(sent);
  }
  const log = receipt[3][body.position];
  if (number(receipt[0]) !== 1n || !log) throw new Bad(n, "position");
  const told = { address: hex(log[0]), topics: log[1].map(hex), data: hex(log[2]) };
  const { event, values } = decode(n, told);
  const proven = { ...told, event: event.name, contract: event.contract, stage: event.stage, values };
  for (const [at, value] of Object.entries(leaves({ values, ...proven }))) if (leaves(body)[at] !== value) throw new Bad(n, at);
  if (Object.keys(leaves(body.values)).length !== Object.keys(leaves(values)).length) throw new Bad(n, "values");
  const wallet = event.contract === "SubWallet" ? body.address : values.wallet ?? card.sub_wallet;
  if (wallet !== card.sub_wallet) throw new Bad(n, "address");
  if (values.card !== undefined && ![values.card, values.newCard].includes(card.card)) throw new Bad(n, "values.card");
  return proof.index;
}

function checkCover(bodies, terms) {
  const last = bodies[bodies.length - 1], told = last.cover ?? [];
  const speakers = bodies.filter((one) => one.contract === "Guarantor").map((one) => one.address);
  if (!told.length && !speakers.length) return;
  const words = told.flatMap((one) => [left(bytes(one.guarantor)), word(one.limit)]);
  const made = hex(keccak(Buffer.concat([word(32), word(told.length), ...words])));
  if (made !== terms.cover) throw new Bad(last.number, "cover");
  const stranger = bodies.findIndex((one) => one.contract === "Guarantor" && !told.some((t) => t.guarantor === one.address));
  if (stranger >= 0) throw new Bad(stranger, "address");
}

function checkTotals(events, terms) {
  let released = 0n;
  events.sort((a, b) => a.body.block - b.body.block || a.index - b.index || a.body.position - b.body.position);
  for (const { n, body: { event, values } } of events) {
    released += BigInt(values.paid ?? 0);
    if (values.released !== undefined && BigInt(values.released) !== released) throw new Bad(n, "values.released");
    const all = released + BigInt(values.refund ?? 0) + BigInt(values.toCollect ?? 0);
    if (event === "Closed" && all !== BigInt(terms.amounts) % 2n ** 48n) throw new Bad(n, "values.refund");
  }
}

// ---------------------------------------------------------------- all of it

function check(text, trusted) {
  let file;
  try { file = JSON.parse(text); } catch { throw new Bad(null, "file"); }
  if (file.format !== "prepaid.evidence/1") throw new Bad(null, "format");
  checkHashes(file.records);
  const bodies = file.records.map((one) => one.body), card = bodies[0], last = bodies[bodies.length - 1];
  checkCard(card);
  const headers = new Map();
  for (const [name, raw] of Object.entries(file.headers)) {
    const user = bodies.findIndex((one) => one.block_hash === name);
    if (hex(keccak(bytes(raw))) !== name) throw new Bad(user < 0 ? null : user, `headers.${name}`);
    headers.set(name, rlp(bytes(raw))[0]);
  }
  const sources = bodies.flatMap((one) => [one.values?.terms, one.terms, one.type === PURCHASE ? one.values : undefined]).filter(Boolean);
  const terms = sources.find((one) => cardId(one, card) === card.card);
  if (!terms) throw new Bad(0, "card");
  const gone = new Set(bodies.filter((one) => one.kind === "withdrawn").map((one) => one.record));
  const seen = new Set(), events = [], carried = [], messages = [];
  let weak = last.receipts !== "proven";
  bodies.forEach((body, n) => {
    const place = body.kind === "event" ? [body.block_hash, body.transaction, body.position] : [body.type, body.signature];
    if (["event", "message"].includes(body.kind) && seen.size === seen.add(place.join()).size) throw new Bad(n, "number");
    if (body.kind === "message") messages.push(n);
    if (body.kind !== "event" || gone.has(n)) return;
    const without = last.receipts === "none" || (last.unproven ?? []).includes(n);
    weak ||= without || !file.proofs[body.transaction]?.transaction;
    const index = without ? 0 : checkEvent(n, body, file, card, headers, carried);
    if (body.contract === "SubWallet" && body.values.card === card.card) events.push({ n, body, index });
  });
  for (const n of messages) weak = !checkMessage(n, bodies[n], card, terms, carried) || weak;
  checkCover(bodies, terms);
  checkTotals(events, terms);
  if (spelling(file) !== text) throw new Bad(null, "spelling");
  const believed = new Set(trusted.map((one) => one.toLowerCase()));
  for (const [name, header] of [...headers].sort((a, b) => Number(number(b[1][8]) - number(a[1][8])))) {
    const before = [...headers].find(([, one]) => number(one[8]) === number(header[8]) - 1n);
    if (before && hex(header[0]) !== before[0]) throw new Bad(null, `headers.${name}`);
    if (believed.has(name)) believed.add(hex(header[0]));
  }
  const blocks = bodies.filter((one, n) => one.kind === "event" && !gone.has(n)).map((one) => one.block_hash);
  if (!blocks.length || blocks.some((one) => !believed.has(one) || !headers.has(one))) return "untied";
  return weak ? "weaker" : "verified";
}

const [, , name, ...trusted] = process.argv;
const answers = fs.readFileSync(name, "utf8").split("\0").map((text) => {
  try {
    return { verdict: check(text, trusted), record: null, field: "" };
  } catch (error) {
    return { verdict: "altered", record: error.record ?? null, field: error.field ?? `${error}` };
  }
});
console.log(JSON.stringify(answers));
