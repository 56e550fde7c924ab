"use strict";
// The chat page keeps itself up to date, and what is typed. Without this it is loaded anew.

(() => {
  const POLL = 2500;
  const SLOWEST = 30000;
  const KEPT = `typed ${location.pathname}`;
  const talk = document.querySelector(".chat-talk");
  const box = document.getElementById("reply-text");
  const form = document.querySelector(".chat-compose");

  // New bubbles.

  // What came with a message may be here only after it: not while it is played.
  function updateThings(known, fresh) {
    const [was, now] = [known, fresh].map((one) => one.querySelector(".bubble-things"));
    const isPlayed = [...(was?.querySelectorAll("audio, video") ?? [])].some((one) => !one.paused);
    if (was && now && !isPlayed && was.innerHTML !== now.innerHTML) was.replaceWith(now);
  }

  // Ticks, and what stands behind a message: what is open stays so.
  function updateBubble(known, fresh) {
    updateThings(known, fresh);
    const [was, now] = [known, fresh].map((one) => one.querySelector(".bubble-state"));
    const why = was?.querySelector("details");
    if (!was || !now) return;
    if (why?.open) now.querySelector("details")?.setAttribute("open", "");
    if (was.outerHTML !== now.outerHTML) was.replaceWith(now);
  }

  // One by one, so that a screen reader tells what is new, and nothing else.
  function updateLog(fresh) {
    const log = document.getElementById("chat-log");
    if (log.dataset.chat !== fresh.dataset.chat) {
      log.replaceChildren(...fresh.childNodes);
      log.dataset.chat = fresh.dataset.chat;
      return;
    }
    for (const element of [...fresh.children]) {
      const known = element.id && document.getElementById(element.id);
      if (known) updateBubble(known, element);
      else log.append(element);
    }
  }

  // Not while somebody works in it.
  function updateSide(fresh) {
    const side = document.getElementById("chat-side");
    const written = [...side.querySelectorAll("textarea")].some((one) => one.value);
    const isBusy = written || side.contains(document.activeElement)
      || side.querySelector("details[open]") !== null;
    if (!isBusy) side.replaceChildren(...fresh.childNodes);
  }

  function update(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.getElementById("chat-log");
    if (!fresh) return false;
    updateLog(fresh);
    for (const id of ["chat-state", "chat-window"]) {
      const now = page.getElementById(id);
      if (now) document.getElementById(id)?.replaceWith(now);
    }
    updateSide(page.getElementById("chat-side"));
    // They see now who has the chat.
    const { version } = document.getElementById("chat-state").dataset;
    for (const field of document.getElementsByName("version")) field.value = version;
    showWindow();
    return true;
  }

  function complain(words) {
    let note = document.querySelector(".chat-news");
    if (!words) {
      note?.remove();
      return;
    }
    if (!note) {
      note = document.createElement("p");
      note.className = "chat-news";
      note.setAttribute("role", "status");
      document.getElementById("chat-state").after(note);
    }
    if (note.textContent !== words) note.textContent = words;
  }

  // Returns how long to wait before the next time; 0: never again.
  async function poll(pause) {
    if (document.hidden) return POLL;
    const state = document.getElementById("chat-state").dataset.state;
    const url = `${talk.dataset.news}?state=${encodeURIComponent(state)}`;
    const stop = AbortSignal.timeout(15000);
    try {
      const answer = await fetch(url, { signal: stop, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        complain("You are logged out: copy what you typed, and load the page again.");
        return 0;
      }
      if (answer.status === 404) {
        complain("This person was erased.");
        return 0;
      }
      const isKnown = answer.status === 204 || (answer.ok && update(await answer.text()));
      if (!isKnown) throw new Error(answer.statusText);
      complain("");
      return POLL;
    } catch {
      complain("Not up to date: the console can't be reached. It is tried again.");
      return Math.min(2 * pause, SLOWEST);
    }
  }

  async function keepUp() {
    let pause = POLL;
    while (pause) {
      await new Promise((done) => setTimeout(done, pause));
      pause = await poll(pause);
    }
  }

  // The service window, minute by minute.

  function showWindow() {
    const line = document.getElementById("chat-window");
    if (!line) return;
    const closes = line.dataset.closes;
    const holds = "holds" in line.dataset;
    const minutes = closes ? Math.floor((new Date(closes) - Date.now()) / 60000) : -1;
    if (closes && minutes >= 0) {
      const left = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
      line.textContent = line.textContent.replace(/for .*? \(/, `for ${left} (`);
    } else if (closes) {
      line.textContent = holds
        ? "The 24 hours are over: your reply waits until they write, and a template tells them so."
        : "The 24 hours are over: load the page again for templates.";
      line.classList.add("closed");
    }
    // What is typed stays to be seen, sent or not.
    const isOpen = minutes >= 0;
    const locked = !isOpen && !holds;
    if (form && (!locked || !box.value)) form.hidden = locked;
    const templates = document.getElementById("chat-templates");
    if (templates) templates.hidden = isOpen;
    const canned = document.querySelector(".chat-canned");
    if (canned) canned.hidden = locked;
  }

  // What is typed.

  function keepTyped() {
    document.addEventListener("submit", (event) => {
      if (event.target !== form && box.value.trim()) {
        sessionStorage.setItem(KEPT, box.value);
      }
    });
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (kept && !box.value.trim()) box.value = kept;
  }

  function sendByKeys(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  function sendOnce() {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    // Gone back to by the browser: it may be sent again.
    addEventListener("pageshow", () => delete form.dataset.sent);
  }

  function fillCanned() {
    const chooser = document.querySelector(".chat-canned");
    if (!chooser) return;
    const select = chooser.querySelector("select");
    chooser.addEventListener("submit", async (event) => {
      event.preventDefault();
      const url = select.dataset.url.replace(/0$/, select.value);
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(15000) });
        if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
        box.setRangeText(await answer.text(), box.selectionStart, box.selectionEnd, "end");
        box.focus();
      } catch {
        complain("The canned reply can't be loaded: try again.");
      }
    });
  }

  if (box) {
    keepTyped();
    box.addEventListener("keydown", sendByKeys);
    sendOnce();
    fillCanned();
  }
  showWindow();
  setInterval(showWindow, 20000);
  if (talk.dataset.news) keepUp();
})();
