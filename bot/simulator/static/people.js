// The list of conversations, and who one can write as.

import { clock, summary } from "./bubbles.js";
import { element } from "./formatting.js";

const FIRST_NAMES = ["Ana", "Bruno", "Chioma", "Dilek", "Emil", "Fatima", "Goran", "Hana"];
const TINTS = 6;
const ADDRESS = /^whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})$/u;

// "+1 (555) 123-0000" and "US.1A2B" become addresses; null is neither.
export function asAddress(text) {
  const bare = text.trim().replace(/^whatsapp:/u, "");
  const number = bare.replace(/[\s().-]/gu, "").replace(/^00/u, "+").replace(/^(?=\d)/u, "+");
  const address = `whatsapp:${/^\+\d+$/u.test(number) ? number : bare}`;
  return ADDRESS.test(address) ? address : null;
}

export function shortAddress(address) {
  return address.replace(/^whatsapp:/u, "");
}

// Someone who has not written yet, to fill the form with.
export function newPerson(taken) {
  let count = 0;
  while (taken.has(numberOf(count))) count += 1;
  return { number: shortAddress(numberOf(count)), name: FIRST_NAMES[count % FIRST_NAMES.length] };
}

export function personRow({ address, name, last_message: last }, { current, unread }) {
  const row = element("li");
  const button = element("button", "", "person");
  button.dataset.address = address;
  if (current) button.setAttribute("aria-current", "true");
  const text = element("span", "", "person-text");
  const who = element("strong");
  who.append(element("bdi", name || shortAddress(address)));
  text.append(who, preview(last));
  const side = element("span", "", "person-side");
  if (last) side.append(element("time", clock(new Date(last.created_at))));
  if (unread) side.append(badge(unread));
  button.append(avatar(address, name), text, side);
  row.append(button);
  return row;
}

function numberOf(count) {
  return `whatsapp:+1555${String(1230000 + count)}`;
}

function avatar(address, name) {
  const sum = [...address].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const [letter] = (name || shortAddress(address)).match(/[\p{L}\p{N}]/u) ?? ["?"];
  const node = element("span", letter.toUpperCase(), `avatar tint-${sum % TINTS}`);
  node.setAttribute("aria-hidden", "true");
  return node;
}

function badge(unread) {
  const node = element("b", String(unread), "badge");
  node.setAttribute("aria-label", `${unread} unread`);
  return node;
}

function preview(last) {
  const node = element("span", last ? "" : "New conversation");
  if (!last) return node;
  if (last.direction === "inbound") node.append("You: ");
  node.append(element("bdi", summary(last)));
  return node;
}
