// The pieces of a conversation as DOM nodes.

import { element, formatted } from "./formatting.js";

const TICKS = {
  sent: ["tick", "Sent"],
  delivered: ["ticks", "Delivered"],
  read: ["ticks", "Read"],
  failed: ["failed", "Failed"],
  undelivered: ["failed", "Undelivered"],
};
const REACTIONS = ["👍", "❤️", "😂", "😮", "🙏", "👎"];
const SIZES = ["bytes", "KB", "MB"];
const BAD = new Set(["failed", "undelivered"]);

// `quoted` is the message that it replies to, as far as that is known.
export function bubble(message, quoted) {
  const node = element("article", "", `bubble ${message.direction}`);
  node.classList.toggle("sticker", isSticker(message));
  node.dataset.sid = message.sid;
  node.title = message.sid;
  node.append(element("span", message.direction === "inbound" ? "You: " : "Bot: ", "unseen"));
  if (message.forwarded) node.append(forwardedNode(message.forwarded));
  if (message.reply_to) node.append(quoteNode(message.reply_to, quoted));
  node.append(...message.media.map(mediaNode));
  if (message.location) node.append(locationNode(message.location));
  if (message.body) {
    const body = element("div", "", "body");
    body.append(formatted(message.body));
    node.append(body);
  }
  if (message.choices.length) node.append(choicesNode(message.choices));
  const fields = Object.entries(message.fields);
  if (fields.length) node.append(fieldsNode(fields));
  node.append(footer(message), actButtons(message));
  return node;
}

// Shows what the phone's owner thinks of a message; an empty emoji takes it away.
export function showReaction(node, emoji) {
  node.querySelector(".reacted")?.remove();
  node.classList.toggle("has-reaction", Boolean(emoji));
  if (!emoji) return;
  const badge = element("span", emoji, "reacted");
  badge.setAttribute("aria-label", `You reacted with ${emoji}`);
  badge.setAttribute("role", "img");
  node.append(badge);
}

// Opens the row of emoji under a message, or closes it.
export function toggleEmojiRow(node) {
  const open = node.querySelector(".emoji-row");
  if (open) return open.remove();
  const row = element("div", "", "emoji-row");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "React");
  for (const emoji of REACTIONS) row.append(emojiButton(emoji, `React with ${emoji}`, emoji));
  row.append(emojiButton("\u2715", "Take the reaction back", "none"));
  node.append(row);
  row.querySelector("button").focus();
  row.scrollIntoView({ block: "nearest" });
}

function emojiButton(text, label, emoji) {
  const button = element("button", text);
  button.type = "button";
  button.dataset.emoji = emoji;
  button.setAttribute("aria-label", label);
  return button;
}

// A message in a few words: for lists and quotations.
export function summary(message) {
  if (message.reacts) return message.body ? `Reacted ${message.body}` : "Took a reaction back";
  const kind = isSticker(message) ? "sticker" : message.media[0]?.type.split("/")[0];
  const names = { audio: "Voice message", image: "Photo", video: "Video", sticker: "Sticker" };
  const text = message.body || (message.location && (message.location.label || "Location")) ||
    names[kind] || message.media[0]?.name || Object.keys(message.fields)[0] || "";
  return text.replace(/[*_~`]/gu, "");
}

export function showStatus(node, message) {
  node.querySelector("footer").replaceWith(footer(message));
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function dayLine(date) {
  const today = new Date();
  const yesterday = new Date(today);
  yesterday.setDate(today.getDate() - 1);
  const names = { [today.toDateString()]: "Today", [yesterday.toDateString()]: "Yesterday" };
  const name = names[date.toDateString()] ??
    date.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
  return element("p", name, "day");
}

export function typingBubble() {
  const node = element("div", "", "bubble outbound typing");
  node.id = "typing";
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", "The bot is typing");
  node.append(element("i"), element("i"), element("i"));
  return node;
}

export function clock(date) {
  return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

function quoteNode(sid, quoted) {
  const node = element("button", "", "quote");
  node.type = "button";
  node.dataset.quotes = sid;
  const whom = quoted?.direction === "inbound" ? "You" : "Bot";
  const text = element("bdi", quoted ? summary(quoted) : "A message that is gone");
  const shown = quoted?.media.find(({ type, size }) => type.startsWith("image/") && size !== null);
  if (shown) {
    const picture = document.createElement("img");
    picture.src = shown.url;
    picture.alt = "";
    node.append(picture);
  }
  node.append(element("b", quoted ? whom : ""), text);
  return node;
}

// What may be tapped: it comes back as the choice.
function choicesNode(choices) {
  const node = element("div", "", "to-tap");
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", "Choices");
  for (const [place, { text }] of choices.entries()) {
    const button = element("button");
    button.type = "button";
    button.dataset.choice = place;
    button.append(element("bdi", text));
    node.append(button);
  }
  return node;
}

// What a button or an advert told, by Twilio's names.
function fieldsNode(fields) {
  const node = element("p", "", "fields-told");
  for (const [name, value] of fields) node.append(element("b", name), element("bdi", value));
  return node;
}

function isSticker({ media }) {
  return media[0]?.type === "image/webp";
}

function forwardedNode(how) {
  const node = element("p", "", "forwarded");
  node.append(icon("forward"), how === "often" ? "Forwarded many times" : "Forwarded");
  return node;
}

function actButtons(message) {
  const node = element("div", "", "acts");
  for (const [act, label, name] of [["reply", "Reply", "reply"], ["react", "React", "heart"]]) {
    const button = element("button", "", "icon small");
    button.type = "button";
    button.dataset[act] = message.sid;
    button.setAttribute("aria-label", label);
    button.append(icon(name));
    node.append(button);
  }
  return node;
}

function footer(message) {
  const node = element("footer");
  const time = element("time", clock(new Date(message.created_at)));
  time.dateTime = message.created_at;
  node.append(time);
  if (message.direction === "inbound" || BAD.has(message.status)) node.append(ticks(message));
  return node;
}

function ticks({ status, error_code: code }) {
  const [name, label] = TICKS[status] ?? TICKS.sent;
  const node = element("span", "", `ticks ${status}`);
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", code ? `${label}, error ${code}` : label);
  node.title = node.getAttribute("aria-label");
  if (code) node.append(element("b", String(code)));
  node.append(icon(name));
  return node;
}

function mediaNode({ type, url, name, size }) {
  const own = url.startsWith("/simulator/");
  const kind = type.split("/")[0];
  if (own && kind === "image") return pictureNode(url, name);
  if (own && (kind === "audio" || kind === "video")) return playerNode(kind, url, name);
  const link = linkTo(url, "file-link");
  const text = element("span", "", "file-text");
  text.append(element("bdi", name));
  if (size !== null) text.append(element("small", inWords(size)));
  link.append(icon(type.endsWith("vcard") ? "person" : "file"), text);
  return link;
}

function pictureNode(url, name) {
  const link = linkTo(url, "picture");
  const picture = document.createElement("img");
  picture.src = url;
  picture.alt = name;
  link.append(picture);
  return link;
}

function playerNode(kind, url, name) {
  const player = document.createElement(kind);
  player.src = url;
  player.controls = true;
  player.setAttribute("aria-label", name);
  const node = element("div");
  const link = linkTo(url, "download");
  link.download = name;
  link.textContent = "Download";
  node.append(player, link);
  return node;
}

function inWords(size) {
  const power = Math.min(2, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return `${(size / 1000 ** power).toFixed(power && size < 10 * 1000 ** power ? 1 : 0)} ${SIZES[power]}`;
}

function locationNode({ latitude, longitude, label, address }) {
  const node = element("p", "", "file-link");
  const text = element("span", "", "file-text");
  const place = element("small", `${latitude}, ${longitude}`);
  text.append(element("bdi", label || "Location"));
  if (address) text.append(element("bdi", address));
  text.append(place);
  node.append(icon("pin"), text);
  return node;
}

function linkTo(url, className) {
  const link = element("a", "", className);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}
