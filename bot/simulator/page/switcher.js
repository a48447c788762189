// Chooses whose phone is shown: a button with the name, a list that can be searched, and unread badges.
import { badge, el, setBadge } from "./dom.js";

const SHOWN = 80; // of a park with 600 people; the search finds the others

export function subtitle(person) {
  const parts = person.kind === "staff" ? [person.unit, (person.roles ?? []).join("、")] : [person.company, person.unit];
  return parts.filter(Boolean).join(" · ");
}

export const face = (person) => [...(person?.name ?? "").trim()].slice(0, 1).join("") || "?";

let serial = 0;

export class Switcher {
  #people = [];
  #person = null;
  #active = 0;

  /** unread(person) → number; onPick(person) is called for a choice by hand. */
  constructor({ label, unread, onPick }) {
    this.label = label;
    this.unread = unread;
    this.onPick = onPick;
    this.id = `people-${(serial += 1)}`;
    this.badge = badge();
    this.button = el("button", {
      type: "button", class: "switcher", "aria-haspopup": "listbox", "aria-expanded": "false",
      onclick: () => this.#toggle(), onkeydown: (event) => event.key === "ArrowDown" && this.#toggle(true),
    });
    this.search = el("input", {
      type: "search", class: "switcher-search", placeholder: "找姓名、公司、房号、岗位", role: "combobox", autocomplete: "off",
      "aria-label": `${label}：查找`, "aria-controls": this.id, "aria-expanded": "true",
      oninput: () => this.#fill(), onkeydown: (event) => this.#keys(event),
    });
    this.list = el("ul", { id: this.id, role: "listbox", "aria-label": label });
    this.popup = el("div", { class: "switcher-popup", hidden: true }, this.search, this.list);
    this.node = el("div", { class: "switcher-box", onfocusout: (event) => this.#left(event) }, this.button, this.popup);
  }

  setPeople(people) {
    this.#people = people;
  }

  show(person) {
    this.#person = person;
    this.button.replaceChildren(
      el("span", { class: "face", "aria-hidden": "true" }, face(person)),
      el("span", { class: "switcher-name" }, el("strong", {}, person?.name ?? "没有人"), el("small", {}, person ? subtitle(person) : "")),
      this.badge, el("span", { class: "chevron", "aria-hidden": "true" }));
    this.button.setAttribute("aria-label", `${this.label}:${person?.name ?? "没有人"}`);
    this.refresh();
  }

  /** Counts again what waits on the phones that are not shown. */
  refresh() {
    const others = this.#people.filter((person) => person !== this.#person);
    setBadge(this.badge, others.reduce((sum, person) => sum + this.unread(person), 0));
    if (!this.popup.hidden) this.#fill();
  }

  #toggle(open = this.popup.hidden) {
    this.popup.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.search.value = "";
    this.#active = 0;
    this.#fill();
    this.search.focus();
  }

  #left(event) {
    if (!this.node.contains(event.relatedTarget)) this.#toggle(false);
  }

  #found() {
    const wanted = this.search.value.trim().toLowerCase();
    const text = (person) => `${person.name} ${subtitle(person)} ${person.mobile ?? ""} ${person.id}`.toLowerCase();
    const found = this.#people.filter((person) => text(person).includes(wanted));
    return found.sort((a, b) => this.unread(b) - this.unread(a)).slice(0, SHOWN); // a stable sort keeps the given order
  }

  #fill() {
    const found = this.#found();
    this.#active = Math.max(0, Math.min(this.#active, found.length - 1));
    this.list.replaceChildren(...found.map((person, index) => this.#option(person, index)));
    if (found.length === 0) this.list.append(el("li", { class: "nobody" }, "没有找到，换个词试试"));
    this.search.setAttribute("aria-activedescendant", found.length ? `${this.id}-${this.#active}` : "");
    this.list.children[this.#active]?.scrollIntoView({ block: "nearest" });
  }

  #option(person, index) {
    const count = badge();
    setBadge(count, this.unread(person));
    return el("li", {
      role: "option", id: `${this.id}-${index}`, tabindex: "-1", "data-person": person.id,
      class: index === this.#active ? "active" : null, "aria-selected": String(person === this.#person),
      onclick: () => this.#pick(person),
    }, el("span", { class: "face", "aria-hidden": "true" }, face(person)),
    el("span", { class: "switcher-name" }, el("strong", {}, person.name), el("small", {}, subtitle(person))), count);
  }

  #pick(person) {
    this.#toggle(false);
    this.button.focus();
    this.onPick(person);
  }

  #keys(event) {
    if (event.isComposing) return;
    const found = this.#found();
    if (event.key === "Escape") {
      this.#toggle(false);
      this.button.focus();
    } else if (event.key === "Enter" && found.length) {
      this.#pick(found[this.#active]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#active += event.key === "ArrowDown" ? 1 : -1;
      this.#fill();
    } else return;
    event.preventDefault();
  }
}
