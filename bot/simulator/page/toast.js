// Short messages that go by themselves; read out at once by screen readers.
import { el } from "./dom.js";

const SHOWN_MS = 5000;

export function toast(text, tone = "bad") {
  const box = el("div", { class: `toast ${tone}` }, text);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}

/** Runs `work`; a failure becomes a toast. Returns whether it went well. */
export async function orToast(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}
