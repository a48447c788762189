// At phone width one pane at a time: the bar at the foot chooses which.
import { badge, el, setBadge } from "./dom.js";

const TABS = [["guide", "导览"], ["tenant", "租户"], ["staff", "员工"], ["sms", "短信"]];

export class Tabs {
  /** onChange() is called after another pane became visible. */
  constructor(nav, onChange) {
    this.onChange = onChange;
    this.tabs = new Map(TABS.map(([name, label]) => [name, this.#tab(name, label)]));
    nav.append(...[...this.tabs.values()].map((tab) => tab.node));
    nav.addEventListener("keydown", (event) => this.#keys(event));
    this.show(document.body.dataset.tab);
  }

  show(name) {
    document.body.dataset.tab = name;
    for (const [each, tab] of this.tabs) {
      tab.node.setAttribute("aria-selected", String(each === name));
      tab.node.tabIndex = each === name ? 0 : -1;
    }
    this.onChange();
  }

  setUnread(name, count) {
    setBadge(this.tabs.get(name).badge, count);
  }

  #tab(name, label) {
    const dot = badge();
    const node = el("button", { type: "button", role: "tab", class: `tab tab-${name}`, "aria-controls": `pane-${name}`, onclick: () => this.show(name) },
      el("span", { class: "tab-icon", "aria-hidden": "true" }), label, dot);
    return { node, badge: dot };
  }

  #keys(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = [...this.tabs.keys()];
    const next = names[(names.indexOf(document.body.dataset.tab) + step + names.length) % names.length];
    this.show(next);
    this.tabs.get(next).node.focus();
  }
}
