// A small set of emoji, in groups that people look for together.

import { element } from "./formatting.js";

const GROUPS = {
  Faces: "😀 😂 🙂 😉 😊 😍 🥰 😎 🤔 😕 😢 😭 😡 😱 🥳 😴",
  Hands: "👍 👎 👌 ✌️ 🤞 👋 🙏 👏 💪 🤝 ☝️ ✍️",
  Signs: "❤️ 💚 🔥 ✨ 🎉 ✅ ❌ ⚠️ ❓ ❗ 💯 ⏰",
  Things: "🍞 🥐 🎂 ☕ 🍕 🌹 🎁 📦 🚚 🏠 📍 📞",
};

export function emojiButtons() {
  return Object.entries(GROUPS).map(([name, signs]) => {
    const group = element("div", "", "emoji-group");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    group.append(...signs.split(" ").map(emojiButton));
    return group;
  });
}

// Puts `sign` where the caret is, and the caret behind it.
export function insertAt(field, sign) {
  field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function emojiButton(sign) {
  const button = element("button", sign);
  button.type = "button";
  button.dataset.emoji = sign;
  return button;
}
