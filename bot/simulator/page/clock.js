// The park's clock: shows it, and moves it while everything due is done on the way.
import { el } from "./dom.js";
import { after, dayText, fromPicker, parseInstant, pickerValue, resolve, shortText, timeText } from "./times.js";
import { orToast, toast } from "./toast.js";

const JUMPS = [["到 26 日 10:00", "26T10:00"], ["到下月第 11 个工作日", "+W11T10:00"]];

export class Clock extends EventTarget {
  now = null;
  moving = false;
  #from = null;
  #target = null;

  constructor(api) {
    super();
    this.api = api;
    const step = (label, by) => el("button", { type: "button", class: "step", onclick: () => orToast(() => this.move({ by })) }, label);
    this.jumps = JUMPS.map(([label, spec]) => ({ spec, label, node: el("button", { type: "button", class: "step jump", onclick: () => this.#jump(spec) }, label) }));
    this.picker = el("input", { type: "datetime-local", "aria-label": "拨到的日期和时间", class: "picked" });
    this.progress = el("progress", { "aria-label": "时钟正在走", max: 1 });
    this.doing = el("span");
    this.busy = el("div", { class: "clock-busy", role: "status", hidden: true }, this.progress, this.doing);
    const form = el("form", { class: "clock-to", onsubmit: (event) => this.#submitted(event) },
      this.picker, el("button", { type: "submit", class: "step go" }, "前往"));
    this.node = el("section", { class: "clock", "aria-label": "拨动园区时钟" },
      el("h2", {}, "园区时钟"), el("div", { class: "steps-row" }, step("+1小时", "1h"), step("+1天", "1d"), ...this.jumps.map((jump) => jump.node)),
      form, this.busy);
  }

  async refresh() {
    this.#set((await this.api.clock()).now);
  }

  /** Moves by {by: "3d"} or {to: ISO or a spec of times.js}; comes back when the server is done. */
  async move(wish) {
    if (this.moving) throw new Error("时钟正在走，请稍候。");
    this.#target = wish.to ? resolve(wish.to, this.now) : after(wish.by, this.now);
    if (this.#target && this.#target <= this.now) throw new Error("时钟只能往后拨，请选一个更晚的时间。");
    this.#setMoving(true);
    try {
      this.#set((await this.api.moveClock(wish.to ? { to: this.#target.toISOString() } : wish)).now);
    } finally {
      this.#setMoving(false);
    }
  }

  #set(iso) {
    this.now = parseInstant(iso);
    document.getElementById("now-day").textContent = dayText(this.now);
    document.getElementById("now-time").textContent = timeText(this.now);
    if (document.activeElement !== this.picker && !this.picker.dataset.touched) this.picker.value = pickerValue(this.now);
    for (const jump of this.jumps) this.#hint(jump);
    if (this.moving && this.#target) this.progress.value = (this.now - this.#from) / (this.#target - this.#from);
  }

  #hint(jump) {
    try {
      jump.node.title = `${jump.label}:${shortText(resolve(jump.spec, this.now))}`;
      jump.node.classList.remove("unknown");
    } catch (error) {
      jump.node.title = error.message;
      jump.node.classList.add("unknown");
    }
  }

  #setMoving(moving) {
    this.moving = moving;
    this.#from = this.now;
    this.progress.removeAttribute("value"); // unknown until the server tells a time on the way
    this.busy.hidden = !moving;
    this.doing.textContent = this.#target ? `正在走到 ${shortText(this.#target)}，途中到期的事都会办完…` : "时钟正在走…";
    this.node.setAttribute("aria-busy", String(moving));
    for (const control of this.node.querySelectorAll("button, input")) control.disabled = moving;
    document.body.classList.toggle("moving", moving);
    this.dispatchEvent(new Event("moving"));
  }

  #jump(spec) {
    return orToast(() => this.move({ to: spec }));
  }

  async #submitted(event) {
    event.preventDefault();
    if (!this.picker.value) return toast("请先选日期和时间。");
    this.picker.dataset.touched = "yes";
    await orToast(() => this.move({ to: fromPicker(this.picker.value).toISOString() }));
    delete this.picker.dataset.touched;
    return null;
  }
}
