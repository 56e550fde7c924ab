// The simulator's API as the page uses it.

const RETRY_MILLISECONDS = 2000;
const PATIENCE_MILLISECONDS = 3000;
const NAMES = ["message", "status", "typing", "problem", "conversation", "media"];

export async function loadConversations() {
  return (await getJson("/simulator/conversations")).conversations;
}

export function loadConversation(address) {
  return getJson(`/simulator/conversations/${encodeURIComponent(address)}`);
}

// Resolves to the message's sid and an error sentence, null when the bot took it.
export async function sendMessage({ from, name, body, file, replyTo, reaction, forwarded, ...objects }) {
  const form = new FormData();
  form.set("from", from);
  form.set("body", body ?? "");
  if (name) form.set("profile_name", name);
  if (file) form.set("file", file);
  if (replyTo) form.set("reply_to", replyTo);
  if (reaction) form.set("reaction", reaction);
  if (forwarded) form.set("forwarded", forwarded);
  // location, choice, extra
  for (const [field, told] of Object.entries(objects)) form.set(field, JSON.stringify(told));
  try {
    const response = await fetch("/simulator/messages", { method: "POST", body: form });
    const { message_sid: sid, error } = await response.json();
    return { sid, error };
  } catch {
    return { error: "The simulator does not answer: not sent." };
  }
}

// Keeps an event stream open for `address` (null: the list only) until closed.
export class Listener {
  constructor(address, { onOpen, onEvent, onOffline }) {
    this.callbacks = { onOpen, onEvent, onOffline };
    this.url = "/simulator/events";
    if (address) this.url += `?address=${encodeURIComponent(address)}`;
    this.open();
  }

  open() {
    this.source = new EventSource(this.url);
    this.source.onopen = () => this.opened();
    this.source.onerror = () => this.broken();
    for (const name of NAMES) {
      this.source.addEventListener(name, (event) =>
        this.callbacks.onEvent(name, JSON.parse(event.data)));
    }
  }

  opened() {
    clearTimeout(this.patience);
    this.patience = undefined;
    this.callbacks.onOffline(false);
    this.callbacks.onOpen();
  }

  // Streams end about once a minute by design: only a lasting silence is bad news.
  broken() {
    this.patience ??= setTimeout(() => this.callbacks.onOffline(true), PATIENCE_MILLISECONDS);
    if (this.source.readyState === EventSource.CLOSED) {
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.open(), RETRY_MILLISECONDS);
    }
  }

  close() {
    clearTimeout(this.patience);
    clearTimeout(this.retry);
    this.source.close();
  }
}

async function getJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
