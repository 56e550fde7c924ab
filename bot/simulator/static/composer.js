// Writing: text, files, voice, places, emoji and replies.

import { summary } from "./bubbles.js";
import { sendMessage } from "./connection.js";
import { emojiButtons, insertAt } from "./emoji.js";
import { asContact, asFields, asSticker, FIELDS } from "./beside.js";
import { Recorder } from "./recorder.js";

const PREVIEW_PIXELS = 160;
// Between the pictures of an album, as phones send them.
const ALBUM_MILLISECONDS = 1000;
const PANELS = {
  choices: "attach", place: "attach", contact: "attach", choice: "attach", fields: "attach",
  emoji: "smile",
};

const find = (id) => document.getElementById(id);

export class Composer {
  // `writer` tells who writes now; `onProblem` gets a sentence, or null, and a sid.
  constructor({ writer, onProblem, onEscape }) {
    this.callbacks = { writer, onProblem, onEscape };
    this.quoted = null;
    this.recorder = null;
    this.starting = null; // the recorder that waits for a microphone
    find("emoji").append(...emojiButtons());
    this.listen();
  }

  listen() {
    const on = (id, name, act) => find(id).addEventListener(name, act);
    on("composer", "submit", (event) => this.submit(event));
    on("body", "keydown", (event) => this.press(event));
    on("body", "input", () => this.fit());
    on("body", "paste", (event) => {
      if (event.clipboardData.files.length) this.attach(event.clipboardData.files);
    });
    on("attach", "click", () => this.toggle("choices"));
    on("smile", "click", () => this.toggle("emoji"));
    on("choose-file", "click", () => find("file").click());
    for (const panel of ["place", "contact", "choice", "fields"]) {
      on(`choose-${panel}`, "click", () => this.toggle(panel));
    }
    on("choose-sticker", "click", () => find("sticker").click());
    on("sticker", "change", () => this.sendSticker());
    on("contact", "submit", (event) => this.sendContact(event));
    on("choice", "submit", (event) => this.sendChoice(event));
    on("fields", "submit", (event) => this.sendFields(event));
    on("fields-kind", "change", () => this.fillFields());
    this.fillFields();
    on("file", "change", () => this.attach(find("file").files));
    on("detach", "click", () => this.attach(null));
    on("unquote", "click", () => this.quote(null));
    on("record", "click", () => this.record());
    on("discard", "click", () => this.endRecording());
    on("here", "click", () => this.locate());
    on("place", "submit", (event) => this.sendPlace(event));
    on("emoji", "click", ({ target }) => {
      if (target.dataset.emoji) insertAt(find("body"), target.dataset.emoji);
    });
  }

  // Another conversation is open: nothing of the last one is sent there.
  reset() {
    this.endRecording();
    this.toggle(null);
    this.quote(null);
    find("body").value = "";
    this.attach(null);
    this.fit();
  }

  quote(message) {
    this.quoted = message;
    find("quoting").hidden = !message;
    if (!message) return;
    find("quoting-whom").textContent = message.direction === "inbound" ? "You" : "Bot";
    find("quoting-text").textContent = summary(message);
    find("body").focus();
  }

  async submit(event) {
    event.preventDefault();
    if (this.recorder) return this.sendRecording();
    const [body, files] = [find("body").value.trim(), [...find("file").files]];
    if (!body && !files.length) return;
    find("body").value = "";
    this.attach(null);
    this.fit();
    const writer = this.callbacks.writer();
    const sent = [this.send({ body, file: files.shift() })];
    for (const file of files) {
      await new Promise((resolve) => { setTimeout(resolve, ALBUM_MILLISECONDS); });
      sent.push(this.deliver(writer, { file }));
    }
    await Promise.all(sent);
  }

  async send(content) {
    const writer = this.callbacks.writer();
    const replyTo = this.quoted?.sid;
    const forwarded = find("forwarded").value;
    this.toggle(null);
    this.quote(null);
    find("forwarded").value = "";
    this.callbacks.onProblem(null);
    await this.deliver(writer, { replyTo, forwarded, ...content });
  }

  react(sid, emoji) {
    return this.deliver(this.callbacks.writer(), { replyTo: sid, reaction: emoji });
  }

  choose(sid, choice) {
    this.callbacks.onProblem(null);
    return this.deliver(this.callbacks.writer(), { replyTo: sid, choice });
  }

  // Another conversation may be open by the time that a message is there.
  async deliver({ address: from, name }, content) {
    const { sid, error } = await sendMessage({ from, name, ...content });
    if (error && from === this.callbacks.writer().address) this.callbacks.onProblem(error, sid);
  }

  async sendSticker() {
    const picture = find("sticker").files[0];
    find("sticker").value = "";
    const file = picture && await asSticker(picture);
    if (file) return this.send({ file });
    this.callbacks.onProblem("This browser makes no sticker of it: choose a WebP picture.");
  }

  async sendContact(event) {
    event.preventDefault();
    const [name, number] = ["contact-name", "contact-number"].map((id) => find(id).value.trim());
    this.showError("contact", name ? null : "Write the contact's name.");
    if (!name) return find("contact-name").focus();
    await this.send({ file: asContact(name, number) });
  }

  async sendChoice(event) {
    event.preventDefault();
    const [kind, text, payload] = ["kind", "text", "payload"].map(
      (part) => find(`choice-${part}`).value.trim());
    this.showError("choice", text ? null : "Write the text of the choice.");
    if (!text) return find("choice-text").focus();
    await this.send({ choice: { kind, text, payload } });
  }

  async sendFields(event) {
    event.preventDefault();
    const extra = asFields(find("fields-text").value);
    this.showError("fields", extra ? null : "Write one field a line, such as ListId=2.");
    if (!extra) return find("fields-text").focus();
    const body = find("body").value.trim();
    find("body").value = "";
    this.fit();
    await this.send({ body, extra });
  }

  fillFields() {
    find("fields-text").value = FIELDS[find("fields-kind").value];
  }

  press(event) {
    if (event.key === "Escape") {
      if (this.isOpen()) this.toggle(null);
      else if (this.quoted) this.quote(null);
      else this.callbacks.onEscape();
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    find("composer").requestSubmit();
  }

  fit() {
    const body = find("body");
    body.style.height = "auto";
    body.style.height = `${body.scrollHeight}px`;
    this.showButtons();
  }

  showButtons() {
    const isEmpty = !find("body").value.trim() && !find("file").files.length;
    find("record").hidden = !isEmpty || Boolean(this.recorder);
    find("send").hidden = !find("record").hidden;
  }

  isOpen() {
    return Object.keys(PANELS).some((panel) => !find(panel).hidden);
  }

  toggle(chosen) {
    for (const [panel, button] of Object.entries(PANELS)) {
      find(panel).hidden = panel !== chosen || !find(panel).hidden;
      find(button).setAttribute("aria-expanded", "false");
    }
    if (chosen && !find(chosen).hidden) {
      find(PANELS[chosen]).setAttribute("aria-expanded", "true");
      find(chosen).querySelector("input, button").focus();
    }
  }

  attach(files) {
    if (files) find("file").files = files;
    else find("file").value = "";
    const [file, ...more] = find("file").files;
    find("attached").hidden = !file;
    find("attached-name").textContent = file ? [file.name, ...more.map(({ name }) => name)].join(", ") : "";
    this.toggle(null);
    this.preview(file);
    this.showButtons();
    find("body").focus();
  }

  // Drawn, since the page's policy lets no picture in that is not the simulator's.
  async preview(file) {
    const canvas = find("preview");
    canvas.hidden = true;
    find("attached-icon").toggleAttribute("hidden", false);
    if (!file?.type.startsWith("image/")) return;
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture || find("file").files[0] !== file) return;
    const scale = Math.min(1, PREVIEW_PIXELS / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, picture.width * scale);
    canvas.height = Math.max(1, picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    canvas.hidden = false;
    find("attached-icon").toggleAttribute("hidden", true);
  }

  async record() {
    if (this.starting) return;
    this.toggle(null);
    const recorder = this.starting = new Recorder({
      onSecond: (seconds) => {
        find("recorded").textContent =
          `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      },
      onFull: () => this.sendRecording(),
    });
    const problem = await recorder.start();
    if (this.starting !== recorder) return recorder.discard(); // it was for another talk
    this.starting = null;
    if (problem) return this.callbacks.onProblem(problem);
    this.showRecording(recorder);
    find("send").focus();
  }

  async sendRecording() {
    const recorder = this.recorder;
    if (!recorder) return;
    this.showRecording(null);
    await this.send({ file: await recorder.stop() });
  }

  endRecording() {
    this.starting = null;
    this.recorder?.discard();
    this.showRecording(null);
  }

  showRecording(recorder) {
    this.recorder = recorder;
    find("recording").hidden = !recorder;
    find("body").disabled = Boolean(recorder);
    this.showButtons();
  }

  locate() {
    const fail = () => this.showError("place", "The browser does not tell where it is.");
    if (!navigator.geolocation) return fail();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      find("latitude").value = coords.latitude.toFixed(5);
      find("longitude").value = coords.longitude.toFixed(5);
      this.showError("place", null);
    }, fail, { timeout: 10000 });
  }

  async sendPlace(event) {
    event.preventDefault();
    const [latitude, longitude] = ["latitude", "longitude"].map((id) => degrees(find(id).value));
    const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    this.showError("place", isPlace ? null : "Write degrees, such as 52.52 and 13.405.");
    if (!isPlace) return find("latitude").focus();
    const [label, address] = ["label", "place-address"].map((id) => find(id).value.trim());
    await this.send({ location: { latitude, longitude, label, address } });
  }

  showError(panel, text) {
    find(`${panel}-error`).hidden = !text;
    find(`${panel}-error`).textContent = text ?? "";
  }
}

function degrees(text) {
  return text.trim() ? Number(text.trim().replace(",", ".")) : NaN;
}
