// A voice message, recorded by the browser.

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const ENDINGS = { "audio/ogg": "ogg", "audio/webm": "webm", "audio/mp4": "m4a" };
const MOST_SECONDS = 300;

export class Recorder {
  // `onSecond` is told how long it is, `onFull` that it is as long as it may be.
  constructor({ onSecond, onFull }) {
    this.callbacks = { onSecond, onFull };
    this.pieces = [];
  }

  // Resolves to null, or to a sentence that says why it can't record.
  async start() {
    const type = globalThis.MediaRecorder && TYPES.find((t) => MediaRecorder.isTypeSupported(t));
    if (!type || !navigator.mediaDevices) return "This browser records no sound.";
    try {
      this.sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.listen(type);
    } catch {
      this.release();
      return "No microphone: allow this page to use one, or attach a file.";
    }
    this.began = Date.now();
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
    return null;
  }

  // It also ends by itself, when the microphone goes away.
  listen(type) {
    this.recorder = new MediaRecorder(this.sound, { mimeType: type });
    this.recorder.ondataavailable = ({ data }) => this.pieces.push(data);
    this.ended = new Promise((resolve) => { this.recorder.onstop = resolve; })
      .then(() => this.release());
    this.recorder.start(1000);
  }

  tick() {
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    this.callbacks.onSecond(seconds);
    if (seconds >= MOST_SECONDS) this.callbacks.onFull();
  }

  // Resolves to the recording as a file.
  async stop() {
    this.end();
    await this.ended;
    const [type] = this.recorder.mimeType.split(";");
    return new File(this.pieces, `voice.${ENDINGS[type] ?? "bin"}`, { type });
  }

  discard() {
    this.end();
    this.release();
  }

  end() {
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
  }

  release() {
    clearInterval(this.timer);
    for (const track of this.sound?.getTracks() ?? []) track.stop();
  }
}
