// One phone: the switcher above it, the chat inside it, and the composer at its foot.
import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { Switcher, face, subtitle } from "./switcher.js";
import { dayText, parseInstant, timeText } from "./times.js";
import { orToast } from "./toast.js";

const NEAR_BOTTOM_PX = 80;

export class Phone {
  person = null;
  #rows = new Map(); // n → {print, node}
  #day = "";
  #atBottom = true;

  /** options: lane chat|sms, device, title, hint, empty, inboxes, api, now() */
  constructor(root, options) {
    Object.assign(this, options);
    this.root = root;
    this.switcher = new Switcher({
      label: options.device, unread: (person) => this.inboxes.unread(person.id, this.lane), onPick: (person) => this.pick(person),
    });
    this.status = el("time", { class: "status-time" });
    this.caption = el("small");
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-label": `${options.device}的消息` });
    this.inner = el("div");
    this.log.append(this.inner);
    this.#keepAtBottom();
    this.composer = this.lane === "chat" ? this.#makeComposer() : null;
    this.foot = el("div", { class: "foot" }, this.composer?.node ?? el("p", { class: "readonly" }, "短信只收不回，请在微信或电话里联系服务中心"));
    root.append(
      el("div", { class: "pane-head" }, el("h2", {}, el("span", { class: "dot", "aria-hidden": "true" }), options.device), this.switcher.node),
      el("div", { class: "device" },
        el("div", { class: "status", "aria-hidden": "true" }, this.status, el("span", { class: "status-icons" })),
        el("div", { class: "bar" }, el("strong", {}, options.title), this.caption), this.log, this.foot));
    this.inboxes.addEventListener("changed", (event) => this.#changed(event.detail));
    this.inboxes.addEventListener("seen", () => this.switcher.refresh());
  }

  setPeople(people) {
    this.switcher.setPeople(people);
  }

  get visible() {
    return this.root.getClientRects().length > 0;
  }

  /** Goes to that person's phone and opens the chat there. */
  async pick(person) {
    if (person === this.person) return true;
    this.show(person);
    this.onPicked?.(person);
    return this.open();
  }

  /** The person opens the chat, which may bring a welcome. */
  open() {
    const { id } = this.person;
    return orToast(async () => {
      if (this.lane === "chat") await this.api.open(id);
      await this.inboxes.refresh(id);
    });
  }

  show(person) {
    if (person === this.person) return;
    this.person = person;
    this.#clear();
    this.switcher.show(person);
    this.composer?.show(person);
    this.caption.textContent = person ? this.hint(person) : "";
    this.render();
    this.#toBottom();
  }

  tick() {
    this.status.textContent = timeText(this.now());
    if (this.person && this.visible) this.inboxes.markSeen(this.person.id, this.lane);
  }

  async send(what) {
    const { id } = this.person;
    await this.api.say(id, what);
    await this.inboxes.refresh(id);
    this.#toBottom();
  }

  async press(message, button) {
    const { id } = this.person;
    await this.api.press(id, message.n, button.key);
    await this.inboxes.refresh(id, message.n); // an old card changes too
  }

  render() {
    const messages = this.person ? this.inboxes.messages(this.person.id, this.lane) : [];
    if (messages.length < this.#rows.size) this.#clear(); // the demo was started anew
    if (messages.length && !this.#rows.size) this.inner.replaceChildren();
    messages.forEach((message) => this.#place(message));
    if (!messages.length) this.inner.replaceChildren(el("p", { class: "empty" }, this.person ? this.empty : "没有可选的人"));
    this.tick();
  }

  /** New messages, pictures that arrive late and an opened tray keep the end in sight, unless one has scrolled up. */
  #keepAtBottom() {
    this.log.addEventListener("scroll", () => {
      this.#atBottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM_PX;
    });
    const observer = new ResizeObserver(() => this.#atBottom && this.#toBottom());
    observer.observe(this.inner);
    observer.observe(this.log);
  }

  #toBottom() {
    this.#atBottom = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  #makeComposer() {
    return new Composer({
      send: (what) => this.send(what), now: this.now,
      caption: () => subtitle(this.person),
    });
  }

  #clear() {
    this.#rows.clear();
    this.#day = "";
    this.inner.replaceChildren();
  }

  #changed(id) {
    this.switcher.refresh();
    if (id === this.person?.id) this.render();
  }

  #place(message) {
    const print = JSON.stringify(message);
    const known = this.#rows.get(message.n);
    if (known?.print === print) return;
    const node = bubble(message, message.from === "me" ? face(this.person) : this.avatar, (on, button, tap) => this.#tapped(on, button, tap));
    if (known) known.node.replaceWith(node);
    else this.#append(message, node);
    this.#rows.set(message.n, { print, node });
  }

  #append(message, node) {
    const day = dayText(parseInstant(message.at));
    if (day !== this.#day) this.inner.append(el("p", { class: "day" }, day));
    this.#day = day;
    this.inner.append(node);
  }

  async #tapped(message, button, tap) {
    const taps = [...tap.parentElement.children];
    taps.forEach((each) => (each.disabled = true));
    tap.setAttribute("aria-busy", "true");
    await orToast(() => this.press(message, button));
    taps.forEach((each) => (each.disabled = false)); // a used card has been replaced by then
    tap.removeAttribute("aria-busy");
  }
}
