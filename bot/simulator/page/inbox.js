// The messages on everybody's phone, as last fetched, and which of them have been looked at.
import { load, save } from "./memory.js";

const TAIL = 40; // a card may change after it was sent: this many of the last messages are fetched again

export const laneOf = (message) => (message.channel === "sms" ? "sms" : "chat");

export class Inboxes extends EventTarget {
  #boxes = new Map(); // person id → messages in order of n
  #asked = 0; // serial number of the last question sent
  #heard = new Map(); // person id → serial number of the newest answer used
  #seen = load("seen", {}); // "id/lane" → n of the last message looked at

  constructor(api) {
    super();
    this.api = api;
  }

  messages(id, lane) {
    return (this.#boxes.get(id) ?? []).filter((message) => !lane || laneOf(message) === lane);
  }

  last(id) {
    return this.#boxes.get(id)?.at(-1)?.n ?? 0;
  }

  unread(id, lane) {
    const seen = this.#seen[`${id}/${lane}`] ?? 0;
    return this.messages(id, lane).filter((message) => message.from === "bot" && message.n > seen).length;
  }

  markSeen(id, lane) {
    const key = `${id}/${lane}`;
    const last = this.messages(id, lane).at(-1)?.n ?? 0;
    if ((this.#seen[key] ?? 0) === last) return;
    this.#seen[key] = last;
    save("seen", this.#seen);
    this.dispatchEvent(new CustomEvent("seen", { detail: id }));
  }

  /** Fetches the messages from number `from` on; the tail when nothing is said. */
  async refresh(id, from = this.last(id) - TAIL) {
    const after = Math.max(0, Math.min(from - 1, this.last(id) - 1));
    const serial = (this.#asked += 1);
    const fetched = await this.api.phone(id, after);
    if (serial < (this.#heard.get(id) ?? 0)) return; // overtaken: a later look already told more
    this.#heard.set(id, serial);
    const known = this.#boxes.get(id) ?? [];
    const restarted = known.length > 0 && fetched.length === 0;
    const kept = restarted ? [] : known.filter((message) => message.n <= after);
    const next = [...kept, ...fetched];
    if (JSON.stringify(next) === JSON.stringify(known)) return;
    this.#boxes.set(id, next);
    this.dispatchEvent(new CustomEvent("changed", { detail: id }));
  }
}
