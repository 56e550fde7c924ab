// WhatsApp's text formatting as DOM nodes. Text only ever becomes text nodes, so
// nothing in a message can become markup.
// Rules: https://faq.whatsapp.com/539178204879377

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "(?<url>https?://[^\\s<>\"]+)",
    "(?<![\\p{L}\\p{N}])(?<mark>[*_~])(?=\\S)(?<inner>[^\\n]*?\\S)\\k<mark>(?![\\p{L}\\p{N}])",
  ].join("|"),
  "gu",
);
const TAGS = { "*": "strong", _: "em", "~": "s" };
const LINES = [
  { pattern: /^> ?(.*)$/u, wrapper: "blockquote" },
  { pattern: /^[-*] (.*)$/u, wrapper: "ul", item: "li" },
  { pattern: /^\d+\. (.*)$/u, wrapper: "ol", item: "li" },
];

export function formatted(text) {
  const fragment = document.createDocumentFragment();
  text.split(/```([\s\S]+?)```/u).forEach((piece, place) => {
    if (place % 2) fragment.append(element("pre", piece.replace(/^\n|\n$/gu, "")));
    else appendLines(fragment, withoutOuterBreaks(piece, place));
  });
  return fragment;
}

export function element(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

function withoutOuterBreaks(piece, place) {
  return place ? piece.replace(/^\n/u, "") : piece;
}

function appendLines(parent, text) {
  if (!text) return;
  let block = null;
  for (const line of text.split("\n")) {
    const rule = LINES.find(({ pattern }) => pattern.test(line));
    const name = rule?.wrapper ?? "p";
    if (block?.localName !== name) {
      block = element(name);
      block.dir = "auto"; // the direction of its own letters
      parent.append(block);
      if (name === "ol") block.start = Number.parseInt(line, 10);
    } else if (!rule?.item) block.append("\n");
    const target = rule?.item ? block.appendChild(element("li")) : block;
    appendInline(target, rule ? line.match(rule.pattern)[1] : line);
  }
}

function appendInline(parent, text) {
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parent.append(text.slice(end, match.index));
    end = match.index + appendMatch(parent, match);
  }
  parent.append(text.slice(end));
}

function appendMatch(parent, match) {
  const { code, url, mark, inner } = match.groups;
  if (url) return appendLink(parent, url);
  if (code) parent.append(element("code", code));
  else appendInline(parent.appendChild(element(TAGS[mark])), inner);
  return match[0].length;
}

function appendLink(parent, found) {
  const url = found.replace(/[.,;:!?)'*_~]+$/u, "");
  const link = element("a", url);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  parent.append(link);
  return url.length;
}
