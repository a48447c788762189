// The guided story: numbered steps, each with a button that does it and a tick when the answer came.
import { el } from "./dom.js";
import { load, save } from "./memory.js";
import { Player } from "./player.js";
import { toast } from "./toast.js";

const DO = { say: "发送", press: "点按", clock: "拨钟", photo: "拍照发送", open: "打开聊天" };
const PAUSE_MS = 1200;
const pause = () => new Promise((done) => setTimeout(done, PAUSE_MS));

export class Story {
  #stories = [];
  #chosen = load("story", 0);
  #running = -1;
  #playing = false;

  /** stage: {person(id), phoneOf(person), focus(phone), clock, inboxes} */
  constructor(stage) {
    this.stage = stage;
    this.player = new Player(stage);
    this.choice = el("div", { class: "story-choice", role: "group", "aria-label": "选择故事" });
    this.intro = el("p", { class: "story-intro" });
    this.list = el("ol", { class: "steps" });
    this.play = el("button", { type: "button", class: "play", disabled: true, onclick: () => this.#playAll() }, "连续播放");
    this.again = el("button", { type: "button", class: "again", onclick: () => this.#forget() }, "清除勾选");
    this.node = el("section", { class: "story", "aria-label": "导览" },
      el("div", { class: "story-head" }, el("h2", {}, "导览"), this.play, this.again), this.choice, this.intro, this.list);
    stage.clock.addEventListener("moving", () => this.render());
  }

  setStories(stories) {
    this.#stories = stories;
    this.#chosen = Math.min(this.#chosen, stories.length - 1);
    this.render();
  }

  /** Everybody who acts in the story shown. */
  get cast() {
    const names = new Set((this.#story?.steps ?? []).map((step) => step.who));
    return [...names].map((who) => this.stage.person(who)).filter(Boolean);
  }

  get #story() {
    return this.#stories[this.#chosen];
  }

  get #ticks() {
    return load(`ticks.${this.#chosen}`, []);
  }

  get #next() {
    const ticks = this.#ticks;
    return (this.#story?.steps ?? []).findIndex((_, index) => !ticks.includes(index));
  }

  render() {
    if (!this.#story) return;
    this.choice.replaceChildren(...this.#stories.map((story, index) => this.#tab(story, index)));
    this.intro.textContent = this.#story.intro ?? "";
    const ticks = this.#ticks;
    this.list.replaceChildren(...this.#story.steps.map((step, index) => this.#step(step, index, ticks.includes(index))));
    this.play.textContent = this.#playing ? "停止播放" : "连续播放";
    this.play.disabled = !this.#playing && (this.#blocked || this.#next < 0);
    this.again.disabled = this.#blocked || ticks.length === 0;
  }

  get #blocked() {
    return this.#running >= 0 || this.stage.clock.moving;
  }

  #tab(story, index) {
    return el("button", {
      type: "button", "aria-pressed": String(index === this.#chosen), disabled: this.#blocked, onclick: () => this.#choose(index),
    }, story.title);
  }

  #step(step, index, done) {
    const running = index === this.#running;
    const name = running ? "running" : done ? "done" : index === this.#next ? "next" : "";
    const label = `第 ${index + 1} 步：${this.player.describe(step)}`;
    return el("li", { class: name, "data-step": index },
      el("span", { class: "number", "aria-hidden": "true" }, done ? "✓" : String(index + 1)),
      el("div", { class: "step-body" },
        el("p", { class: "step-what" }, this.player.describe(step)),
        step.look ? el("p", { class: "step-look" }, step.look) : null),
      el("button", { type: "button", class: "do", disabled: this.#blocked, "aria-label": `${done ? "再做一次" : "执行"}${label}`, onclick: () => this.#run(index) },
        running ? "…" : DO[step.do]));
  }

  #choose(index) {
    this.#chosen = index;
    save("story", index);
    this.render();
  }

  #forget() {
    save(`ticks.${this.#chosen}`, []);
    this.player.forget();
    this.render();
  }

  async #run(index) {
    this.#running = index;
    this.render();
    try {
      await this.player.run(this.#story.steps[index]);
      save(`ticks.${this.#chosen}`, [...new Set([...this.#ticks, index])]);
      return true;
    } catch (error) {
      toast(error.message);
      return false;
    } finally {
      this.#running = -1;
      this.render();
      this.list.querySelector(".next")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
  }

  async #playAll() {
    this.#playing = !this.#playing;
    this.render();
    while (this.#playing && this.#next >= 0 && (await this.#run(this.#next))) await pause();
    this.#playing = false;
    this.render();
  }
}
