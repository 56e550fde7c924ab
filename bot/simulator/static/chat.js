// The page: who is open, what is shown, and what the keys do.

import { bubble, dayLine, showReaction, showStatus, toggleEmojiRow, typingBubble } from "./bubbles.js";
import { Composer } from "./composer.js";
import { Listener, loadConversation, loadConversations } from "./connection.js";
import { element } from "./formatting.js";
import { asAddress, newPerson, personRow, shortAddress } from "./people.js";

const TYPING_MILLISECONDS = 25000;
const NEAR_THE_END = 120;
const PICTURE = 480; // what one may push down when it comes in
const ARRIVED = new Set(["delivered", "read"]);

const find = (id) => document.getElementById(id);
const people = new Map(); // by address, the latest last
const unread = new Map();
let current = null;
let messages = new Map(); // of the open conversation, by sid
let loaded = Promise.resolve();
let listener = null;
let typingTimer;
let troubled; // the sid of the message that the problem is about, if any
const composer = new Composer({
  writer: () => ({ address: current, name: people.get(current)?.name }),
  onProblem: (text, sid) => {
    if (!ARRIVED.has(messages.get(sid)?.status)) showProblem(text, sid);
  },
  onEscape: showList,
});

// --- the list of conversations ---

function showPeople() {
  const rows = [...people.values()].reverse().map((person) =>
    personRow(person, { current: person.address === current, unread: unread.get(person.address) }));
  find("conversations").replaceChildren(...rows);
  find("nobody").hidden = rows.length > 0;
  document.body.classList.toggle("has-people", rows.length > 0);
}

function updatePerson(person) {
  const name = person.name || people.get(person.address)?.name;
  people.delete(person.address);
  people.set(person.address, { ...person, name });
  if (person.address !== current && person.last_message?.direction === "outbound") {
    unread.set(person.address, (unread.get(person.address) ?? 0) + 1);
  }
  showPeople();
}

async function refreshPeople() {
  const listed = await loadConversations();
  const fresh = [...people.values()].filter((person) => !person.last_message);
  people.clear();
  for (const person of listed.reverse()) people.set(person.address, person);
  for (const person of fresh) if (!people.has(person.address)) people.set(person.address, person);
  showPeople();
  suggestPerson();
}

function suggestPerson() {
  if (document.activeElement?.form === find("write-as")) return;
  const { number, name } = newPerson(people);
  find("number").value = number;
  find("name").value = name;
}

function openAs(event) {
  event.preventDefault();
  const address = asAddress(find("number").value);
  const error = find("number-error");
  error.hidden = address !== null;
  error.textContent = address ? "" : "Write a number with its country code, like +1 555 123 0000.";
  if (!address) return find("number").focus();
  const known = people.get(address);
  people.set(address, { address, ...known, name: find("name").value.trim() || known?.name });
  location.hash = encodeURIComponent(address);
}

// --- the open conversation ---

function openFromHash() {
  const address = asAddress(decodeURIComponent(location.hash.slice(1)));
  if (listener && address === current) return;
  current = address;
  messages = new Map();
  loaded = Promise.resolve();
  listener?.close();
  listener = new Listener(current, { onOpen: reload, onEvent: take, onOffline: showOffline });
  find("conversation").hidden = !current;
  find("welcome").hidden = Boolean(current);
  document.body.classList.toggle("in-conversation", Boolean(current));
  find("log").replaceChildren();
  composer.reset();
  showProblem(null);
  if (!current) return showPeople();
  unread.delete(current);
  if (!people.has(current)) people.set(current, { address: current });
  showPeople();
  suggestPerson();
  find("body").focus();
}

// After every (re)connection the server's word replaces what the page knew; events
// that come meanwhile wait for it.
function reload() {
  const address = current;
  loaded = refresh(address).catch(() => showOffline(true));
}

async function refresh(address) {
  await refreshPeople();
  if (!address) return;
  const conversation = await loadConversation(address);
  if (address !== current) return;
  messages = new Map();
  find("log").replaceChildren();
  for (const message of conversation.messages) append(message);
  showTyping(conversation.typing);
  showSelf();
  scrollDown();
}

function take(name, data) {
  const address = current;
  loaded.then(() => {
    if (name === "conversation") updatePerson(data);
    else if (address === current) TAKE[name](data);
  });
}

const TAKE = {
  message(message) {
    if (messages.has(message.sid)) return;
    const follow = message.direction === "inbound" || isAtTheEnd();
    append(message);
    if (message.direction === "outbound") showProblem(null); // it did answer
    if (follow) scrollDown();
  },
  status({ sid, ...news }) {
    const message = messages.get(sid);
    if (!message) return;
    Object.assign(message, news);
    if (sid === troubled && ARRIVED.has(news.status)) showProblem(null);
    const node = find("log").querySelector(`[data-sid="${sid}"]`);
    if (node) showStatus(node, message); // a reaction has no bubble of its own
  },
  media({ sid, media }) {
    const message = messages.get(sid);
    if (!message) return;
    const follow = isAtTheEnd();
    message.media = media;
    const old = find("log").querySelector(`[data-sid="${sid}"]`);
    old.replaceWith(made(message, old.classList.contains("first")));
    if (follow) scrollDown();
  },
  typing: ({ typing }) => showTyping(typing),
  problem: ({ text }) => showProblem(text),
};

function append(message) {
  const log = find("log");
  const date = new Date(message.created_at);
  const target = message.reacts && log.querySelector(`[data-sid="${message.reply_to}"]`);
  if (target) {
    messages.set(message.sid, message);
    return showReaction(target, message.body);
  }
  const last = [...messages.values()].filter(({ reacts }) => !reacts).at(-1);
  const before = find("typing");
  const isNewDay = !last || new Date(last.created_at).toDateString() !== date.toDateString();
  const node = made(message, isNewDay || last.direction !== message.direction);
  if (isNewDay) log.insertBefore(dayLine(date), before);
  messages.set(message.sid, message);
  log.insertBefore(node, before);
}

function made(message, isFirst) {
  const node = bubble(message, messages.get(message.reply_to));
  node.classList.toggle("first", isFirst);
  const follow = () => { if (isAtTheEnd(PICTURE)) scrollDown(); };
  for (const picture of node.querySelectorAll("img")) picture.onload = follow;
  const said = [...messages.values()].filter((one) => one.reacts && one.reply_to === message.sid);
  if (said.length) showReaction(node, said.at(-1).body);
  return node;
}

function showTyping(typing) {
  clearTimeout(typingTimer);
  find("typing")?.remove();
  find("presence").textContent = typing ? "typing…" : "your bot";
  if (!typing) return;
  const follow = isAtTheEnd();
  find("log").append(typingBubble());
  if (follow) scrollDown();
  typingTimer = setTimeout(() => showTyping(false), TYPING_MILLISECONDS);
}

// Names may be written from right to left: each stands in a box of its own.
function showSelf() {
  const name = people.get(current)?.name;
  const who = [name, shortAddress(current)].filter(Boolean).map((text) => element("bdi", text));
  find("self").replaceChildren("You are ", who[0], ...who.slice(1).flatMap((node) => [", ", node]));
}

function showProblem(text, sid) {
  const follow = isAtTheEnd();
  troubled = sid;
  find("problem").hidden = !text;
  find("problem").textContent = text ?? "";
  if (follow) scrollDown();
}

function showOffline(offline) {
  find("offline").hidden = !offline;
}

function isAtTheEnd(near = NEAR_THE_END) {
  const log = find("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < near;
}

function scrollDown() {
  find("log").scrollTop = find("log").scrollHeight;
}

// --- what is clicked ---

function pressInLog({ target }) {
  const pressed = target.closest("[data-reply], [data-quotes], [data-react], [data-emoji], [data-choice]");
  const { reply, quotes, react, emoji, choice } = pressed?.dataset ?? {};
  const node = target.closest("[data-sid]");
  if (react) toggleEmojiRow(node);
  if (emoji) {
    toggleEmojiRow(node);
    composer.react(node.dataset.sid, emoji);
  }
  if (choice) composer.choose(node.dataset.sid, messages.get(node.dataset.sid).choices[choice]);
  if (reply) composer.quote(messages.get(reply));
  if (quotes) find("log").querySelector(`[data-sid="${quotes}"]`)?.scrollIntoView({ block: "center" });
}

function showList() {
  location.hash = "";
}

find("write-as").addEventListener("submit", openAs);
find("conversations").addEventListener("click", (event) => {
  const address = event.target.closest("[data-address]")?.dataset.address;
  if (address) location.hash = encodeURIComponent(address);
});
find("log").addEventListener("click", pressInLog);
find("back").addEventListener("click", showList);
window.addEventListener("hashchange", openFromHash);
openFromHash();
