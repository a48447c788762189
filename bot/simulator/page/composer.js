// The foot of a chat: quick words, the text field, and what can be attached.
import { el } from "./dom.js";
import { fileBase64, samplePhoto, scaledPhoto } from "./picture.js";
import { orToast, toast } from "./toast.js";

const WORDS = { tenant: ["帮助", "报修", "进度", "账单"], staff: ["帮助", "待办", "值班"] };
const LARGEST_FILE_BYTES = 20 * 1024 * 1024; // WeCom's own limit for files
const PLACE = { latitude: 31.2304, longitude: 121.4737, label: "创意产业园 A 座 3 楼" };

export class Composer {
  /** send(what) posts for the person shown; now() is the park's time; caption() stamps sample photos. */
  constructor({ send, now, caption }) {
    this.send = send;
    this.now = now;
    this.caption = caption;
    this.words = el("div", { class: "words", role: "group", "aria-label": "常用词" });
    this.field = el("textarea", {
      rows: 1, class: "field", "aria-label": "输入消息，回车发送", placeholder: "说点什么，回车发送", maxlength: 4000,
      enterkeyhint: "send", onkeydown: (event) => this.#keys(event), oninput: () => this.#grow(),
    });
    this.submit = el("button", { type: "submit", class: "send" }, "发送");
    this.tray = this.#makeTray();
    this.plus = el("button", {
      type: "button", class: "plus", "aria-label": "发送照片、位置或文件", "aria-expanded": "false", onclick: () => this.#openTray(this.tray.hidden),
    }, "+");
    this.node = el("form", { class: "composer", onsubmit: (event) => this.#submitted(event) },
      this.words, el("div", { class: "line" }, this.plus, this.field, this.submit), this.tray);
  }

  show(person) {
    const words = WORDS[person?.kind] ?? [];
    const chip = (word) => el("button", { type: "button", class: "word", onclick: () => this.#post({ text: word }) }, word);
    this.words.replaceChildren(...words.map(chip));
    for (const control of [this.field, this.submit, this.plus]) control.disabled = !person;
  }

  #makeTray() {
    const photo = this.#picker("image/*", (file) => this.#photo(file), "选择照片");
    const file = this.#picker("", (chosen) => this.#file(chosen), "选择文件");
    const item = (icon, label, onclick) => el("button", { type: "button", class: "tray-item", onclick },
      el("span", { "aria-hidden": "true", class: `tray-icon ${icon}` }), label);
    return el("div", { class: "tray", hidden: true }, photo, file,
      item("photo", "照片", () => photo.click()),
      item("camera", "拍一张样例照片", () => this.#post({ image: samplePhoto(this.now(), this.caption()) })),
      item("place", "位置", () => this.#post({ location: PLACE })),
      item("paper", "文件", () => file.click()));
  }

  #picker(accept, onFile, label) {
    return el("input", {
      type: "file", accept, class: "picker", tabindex: "-1", "aria-label": label,
      onchange: (event) => {
        const [file] = event.target.files;
        event.target.value = "";
        if (file) onFile(file);
      },
    });
  }

  #photo(file) {
    return orToast(async () => this.#post({ image: await scaledPhoto(file) }));
  }

  #file(file) {
    if (file.size > LARGEST_FILE_BYTES) return toast("文件超过 20 MB，企业微信不能发送，请压缩后再试。");
    return orToast(async () => this.#post({ file: await fileBase64(file), name: file.name }));
  }

  #openTray(open) {
    this.tray.hidden = !open;
    this.plus.setAttribute("aria-expanded", String(open));
  }

  #keys(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #grow() {
    this.field.rows = Math.min(4, this.field.value.split("\n").length);
  }

  async #submitted(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.#grow();
    const sent = await this.#post({ text });
    if (!sent && !this.field.value) this.field.value = text; // nothing typed is lost
  }

  #post(what) {
    this.#openTray(false);
    return orToast(() => this.send(what));
  }
}
