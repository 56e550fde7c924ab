// The pieces of a conversation as DOM nodes.

import { element, formatted } from "./formatting.js";

const TICKS = {
  sent: ["tick", "Sent"],
  delivered: ["ticks", "Delivered"],
  read: ["ticks", "Read"],
  failed: ["failed", "Failed"],
  undelivered: ["failed", "Undelivered"],
};
const BAD = new Set(["failed", "undelivered"]);

// `quoted` is the message that it replies to, as far as that is known.
export function bubble(message, quoted) {
  const node = element("article", "", `bubble ${message.direction}`);
  node.dataset.sid = message.sid;
  node.title = message.sid;
  node.append(element("span", message.direction === "inbound" ? "You: " : "Bot: ", "unseen"));
  if (message.reply_to) node.append(quoteNode(message.reply_to, quoted));
  node.append(...message.media.map(mediaNode));
  if (message.location) node.append(locationNode(message.location));
  if (message.body) {
    const body = element("div", "", "body");
    body.append(formatted(message.body));
    node.append(body);
  }
  node.append(footer(message), replyButton(message));
  return node;
}

// A message in a few words: for lists and quotations.
export function summary(message) {
  const kind = message.media[0]?.type.split("/")[0];
  const names = { audio: "Voice message", image: "Photo", video: "Video" };
  const text = message.body || (message.location && (message.location.label || "Location")) ||
    names[kind] || message.media[0]?.name || "";
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
  node.append(element("b", quoted ? whom : ""), text);
  return node;
}

function replyButton(message) {
  const node = element("button", "", "icon small reply");
  node.type = "button";
  node.dataset.reply = message.sid;
  node.setAttribute("aria-label", "Reply");
  node.append(icon("reply"));
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

function mediaNode({ type, url, name }) {
  const own = url.startsWith("/simulator/");
  const kind = type.split("/")[0];
  if (own && kind === "image") return pictureNode(url, name);
  if (own && (kind === "audio" || kind === "video")) return playerNode(kind, url, name);
  const link = linkTo(url, "file-link");
  link.append(icon("file"), element("bdi", name));
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
  return player;
}

function locationNode({ latitude, longitude, label }) {
  const node = element("p", "", "file-link");
  const text = element("span");
  text.append(element("bdi", label || "Location"), ` (${latitude}, ${longitude})`);
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
