// Turns the text of a message into nodes: line breaks kept, links only for http and https, never markup.
import { el } from "./dom.js";

const ANCHOR = /<a\s+href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')\s*>([^<]*)<\/a>/i;
const STOP = "\\s<>\"'()\\uff08\\uff09\\u3010\\u3011\\u300c\\u300d\\uff0c\\u3002\\uff1b\\uff1a\\uff01\\uff1f\\u3001"; // also Chinese punctuation
const BARE = new RegExp(`https?://[^${STOP}]+`);
const EITHER = new RegExp(`${ANCHOR.source}|(${BARE.source})`, "gi");

/** The address when it is http(s) (relative ones belong to this site), else null. */
export function safeUrl(address) {
  if (!address) return null;
  try {
    const url = new URL(address, location.href);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

export function link(address, attributes, ...children) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);
}

export function textNodes(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(EITHER)) {
    const [whole, double, single, label, bare] = match;
    const url = safeUrl(double ?? single ?? bare);
    nodes.push(text.slice(from, match.index));
    nodes.push(url ? link(url, {}, label || bare || url) : (label ?? whole));
    from = match.index + whole.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}
