// What a phone sends beside text, made from what its owner fills in.

const STICKER_PIXELS = 512;

// By Twilio's names, as far as they are known; a form's and an order's may differ.
export const FIELDS = {
  advert: "ReferralHeadline=Roses\nReferralBody=Half price this week\n" +
    "ReferralSourceUrl=https://fb.example/1\nReferralSourceType=ad",
  form: 'MessageType=interactive\nInteractiveData={"date": "2026-12-01", "guests": 4}',
  order: 'MessageType=order\nOrder={"items": [{"product_retailer_id": "rose", "quantity": 12}]}',
  poll: "MessageType=poll_creation",
};

// Returns an object of the lines "name=value", or null where one is none.
export function asFields(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  const pairs = lines.map((line) => line.match(/^\s*(\w+)=(.*)$/u));
  if (!pairs.length || !pairs.every(Boolean)) return null;
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value.trim()]));
}

// Returns a contact card: https://www.rfc-editor.org/rfc/rfc2426
export function asContact(name, number) {
  const told = name.replace(/[\\;,]/gu, "\\$&");
  const digits = number.replace(/[^+\d]/gu, "");
  const lines = ["BEGIN:VCARD", "VERSION:3.0", `N:;${told};;;`, `FN:${told}`];
  if (digits) lines.push(`TEL;type=CELL;waid=${digits.replace("+", "")}:${digits}`);
  const card = [...lines, "END:VCARD", ""].join("\r\n");
  return new File([card], `${name}.vcf`, { type: "text/vcard" });
}

// Resolves to a WebP picture as WhatsApp has stickers, or null where that can't be made.
export async function asSticker(file) {
  if (file.type === "image/webp") return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = STICKER_PIXELS;
  const scale = STICKER_PIXELS / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const [left, top] = [(STICKER_PIXELS - width) / 2, (STICKER_PIXELS - height) / 2];
  canvas.getContext("2d").drawImage(picture, left, top, width, height);
  picture.close();
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/webp"); });
  if (blob?.type !== "image/webp") return null;
  return new File([blob], "sticker.webp", { type: "image/webp" });
}
