// Does one step of a story: goes to the person's phone, acts there, and waits for the answer.
//
// story.json: {"stories": [{"title", "intro", "steps": [step]}]}; a step has "look" (what to watch) and "do":
//   say    who, text                      who is an id or a name out of /sim/people
//   press  who, button                    the newest card or menu on that phone with a button of this label
//   photo  who, text?                     a drawn sample photo
//   open   who                            opens the chat
//   clock  to | by, label?                to: ISO, "26T10:00", "W11T10:00" (see times.js); by: "3d", "2h"
// "remember": {"单号": "(R[0-9]+)"} keeps a piece of the answer, {单号} in a later text is replaced by it.
import { load, save } from "./memory.js";
import { samplePhoto } from "./picture.js";
import { subtitle } from "./switcher.js";

const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 250;
const pause = () => new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));

export class Player {
  constructor(stage) {
    this.stage = stage;
    this.known = load("known", {}); // what earlier answers told, by name: {单号} in a later step
  }

  forget() {
    this.known = {};
    save("known", {});
  }

  describe(step) {
    const name = this.stage.person(step.who)?.name ?? step.who;
    switch (step.do) {
      case "say": return `以${name}的身份说：“${this.#filled(step.text)}”`;
      case "press": return `以${name}的身份点按「${step.button}」`;
      case "photo": return `以${name}的身份发一张照片${step.text ? `:“${this.#filled(step.text)}”` : ""}`;
      case "open": return `打开${name}的聊天`;
      case "clock": return step.label ?? `时钟拨${step.by ? `过 ${step.by}` : `到 ${step.to}`}`;
      default: throw new Error(`story.json 里有不认识的动作：${step.do}`);
    }
  }

  async run(step) {
    if (step.do === "clock") return this.stage.clock.move(step.to ? { to: step.to } : { by: step.by });
    const person = this.stage.person(step.who);
    if (!person) throw new Error(`没有找到「${step.who}」，请检查导入的人员。`);
    this.#check(step.text);
    const phone = this.stage.phoneOf(person);
    this.stage.focus(phone);
    const known = phone.person === person;
    await phone.pick(person);
    if (step.do === "open") return known ? phone.open() : undefined;
    await this.stage.inboxes.refresh(person.id);
    const before = this.#prints(person);
    await this.#act(step, phone, person);
    return this.#answer(step, person, before);
  }

  #act(step, phone, person) {
    switch (step.do) {
      case "say": return phone.send({ text: this.#filled(step.text) });
      case "photo": return phone.send({ image: samplePhoto(this.stage.clock.now, subtitle(person)), ...(step.text && { text: this.#filled(step.text) }) });
      default: return this.#press(step, phone, person);
    }
  }

  #press(step, phone, person) {
    const messages = this.stage.inboxes.messages(person.id, "chat").reverse();
    for (const message of messages) {
      const button = message.buttons?.find((each) => each.text === step.button);
      if (button) return phone.press(message, button);
    }
    throw new Error(`${person.name}的手机上还没有「${step.button}」，请先完成前面的步骤。`);
  }

  #prints(person) {
    return new Set(this.stage.inboxes.messages(person.id).map((message) => JSON.stringify(message)));
  }

  async #answer(step, person, before) {
    for (let waited = 0; waited <= PATIENCE_MS; waited += LOOK_AGAIN_MS) {
      const fresh = this.stage.inboxes.messages(person.id)
        .filter((message) => message.from === "bot" && !before.has(JSON.stringify(message)));
      if (fresh.length) return this.#remember(step, fresh);
      await pause();
      await this.stage.inboxes.refresh(person.id);
    }
    throw new Error("等了 10 秒还没有回复，可以再试一次。");
  }

  /** `remember: {"单号": "(R\\d+)"}` keeps what the answer told for {单号} in later texts. */
  #remember(step, fresh) {
    const text = fresh.map((message) => `${message.title ?? ""}\n${message.text ?? ""}`).join("\n");
    for (const [name, pattern] of Object.entries(step.remember ?? {})) {
      const found = new RegExp(pattern).exec(text);
      if (found) this.known[name] = found[1] ?? found[0];
    }
    save("known", this.known);
  }

  /** {单号} replaced by what an earlier answer told; before that, by its bare name. */
  #filled(text) {
    return text.replace(/\{(.+?)\}/g, (_, name) => this.known[name] ?? name);
  }

  #check(text = "") {
    const missing = [...text.matchAll(/\{(.+?)\}/g)].map(([, name]) => name).find((name) => !(name in this.known));
    if (missing) throw new Error(`还不知道${missing}，请先完成前面的步骤。`);
  }
}
