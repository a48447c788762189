// One message as it looks on a phone.
import { el } from "./dom.js";
import { enlarge } from "./picture.js";
import { link, safeUrl, textNodes } from "./text.js";
import { parseInstant, timeText } from "./times.js";

function buttons(message, onPress) {
  if (!message.buttons?.length) return null;
  const make = (button) =>
    el("button", { type: "button", class: "tap", onclick: (event) => onPress(message, button, event.target) }, button.text);
  return el("div", { class: "taps" }, ...message.buttons.map(make));
}

function paragraph(text, name = "said") {
  return text ? el("p", { class: name }, ...textNodes(text)) : null;
}

function more(message) {
  const url = safeUrl(message.url);
  return url ? link(url, { class: "more" }, "查看详情") : null;
}

function card(message, onPress) {
  const state = message.state ? el("p", { class: "state" }, message.state) : null;
  return el("article", { class: message.state ? "card used" : "card" },
    message.title ? el("h3", {}, message.title) : null,
    paragraph(message.text), more(message), state, buttons(message, onPress));
}

function menu(message, onPress) {
  const state = message.state ? el("p", { class: "state" }, message.state) : null;
  return el("div", { class: message.state ? "bubble menu used" : "bubble menu" },
    paragraph(message.text), more(message), state, buttons(message, onPress));
}

function image(message) {
  const url = safeUrl(message.url);
  if (!url) return el("div", { class: "bubble" }, "[图片无法显示]");
  const label = message.text || message.title || "图片";
  return el("button", { type: "button", class: "picture", "aria-label": `放大查看：${label}`, onclick: () => enlarge(url, label) },
    el("img", { src: url, alt: label }));
}

function attachment(message, icon, hint) {
  const url = safeUrl(message.url);
  const name = message.title || message.text || hint;
  const inside = [
    el("span", { class: `attachment-icon ${message.kind}`, "aria-hidden": "true" }, icon),
    el("span", { class: "attachment-text" }, el("strong", {}, name), el("small", {}, message.title && message.text ? message.text : hint)),
  ];
  return url ? link(url, { class: "attachment" }, ...inside) : el("div", { class: "attachment" }, ...inside);
}

const fileIcon = (message) => (/\.pdf$/i.test(message.title || message.text || "") ? "PDF" : "文件");

function body(message, onPress) {
  switch (message.kind) {
    case "card": return card(message, onPress);
    case "menu": return menu(message, onPress);
    case "image": return image(message);
    case "file": return attachment(message, fileIcon(message), "点按在新窗口打开");
    case "link": return attachment(message, "链接", "点按打开");
    default: return el("div", { class: "bubble" }, message.title ? el("h3", {}, message.title) : null,
      ...textNodes(message.text ?? ""), message.url ? el("br") : null, more(message), buttons(message, onPress));
  }
}

/** The row of one message. `face`: the character in the avatar. */
export function bubble(message, face, onPress) {
  const at = parseInstant(message.at);
  return el("div", { class: `message from-${message.from === "me" ? "me" : "bot"}`, "data-n": message.n },
    el("span", { class: "face", "aria-hidden": "true" }, face),
    el("div", { class: "content" }, body(message, onPress), el("time", { class: "at", datetime: message.at }, timeText(at))));
}
