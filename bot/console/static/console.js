"use strict";
// What a page can do with JavaScript besides: everything works without it.
//
// Polling: an element with data-poll is kept as it is on the server. Its only child has
// data-version; the address is asked with since=VERSION, and answers 204 while nothing
// changed, else with that child anew. data-title there becomes the page's title. Nothing
// is asked while the page is hidden, nor replaced under a finger or a selection. After a
// change the element gets the event "polled".

const SECONDS = 2;
const LONGEST_PAUSE = 30;
const PATIENCE_MS = 10000;
const LOST = "The console can't be reached: trying again …";

class Poll {
  constructor(region) {
    this.region = region;
    this.pause = SECONDS;
    this.pressed = false;
    this.timer = 0;
    this.asking = false;
    region.addEventListener("pointerdown", () => { this.pressed = true; });
    for (const name of ["pointerup", "pointercancel"]) {
      document.addEventListener(name, () => { this.pressed = false; });
    }
    document.addEventListener("visibilitychange", () => this.again(0));
    this.again(SECONDS);
  }

  again(seconds) {
    clearTimeout(this.timer);
    if (document.visibilityState === "hidden" || !this.region.isConnected) return;
    this.timer = setTimeout(() => this.ask(), 1000 * seconds);
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      await this.look();
      this.pause = SECONDS;
      tell("");
    } catch (error) {
      this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
      tell(LOST);
    } finally {
      this.asking = false;
      this.again(this.pause);
    }
  }

  async look() {
    const address = new URL(this.region.dataset.poll, location.href);
    address.searchParams.set("since", this.region.firstElementChild.dataset.version);
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) {
      location.reload(); // the log-in ended, or what is shown is gone
      return;
    }
    if (answer.status === 204) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (!this.pressed && !this.isSelected()) this.replace(text);
  }

  isSelected() {
    const chosen = getSelection();
    return !chosen.isCollapsed && this.region.contains(chosen.anchorNode);
  }

  replace(text) {
    const found = new DOMParser().parseFromString(text, "text/html");
    const focused = this.region.contains(document.activeElement)
      ? document.activeElement : null;
    this.region.replaceChildren(found.body.firstElementChild);
    if (focused && focused !== this.region) {
      const same = focused.id && document.getElementById(focused.id);
      (same || this.region).focus({ preventScroll: true });
    }
    const { title, waiting } = this.region.firstElementChild.dataset;
    if (title) document.title = title;
    if (waiting !== undefined) countWaiting(waiting);
    this.region.dispatchEvent(new CustomEvent("polled", { bubbles: true }));
  }
}

function tell(words) {
  const place = document.querySelector("[data-poll-state]");
  if (!place || place.textContent === words) return;
  place.textContent = words;
  place.hidden = !words;
}

function countWaiting(number) {
  const badge = document.querySelector("[data-waiting-badge]");
  if (!badge) return;
  badge.firstChild.data = number;
  badge.hidden = number === "0";
}

// On a phone the menu is wider than the screen: the area one is in stands in sight.
document.querySelector(".bar nav [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center" });

for (const region of document.querySelectorAll("[data-poll]")) new Poll(region);
