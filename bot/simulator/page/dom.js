// Builds elements. Text only ever goes in as text: names and messages are hostile.

/** el("button", {class: "x", "aria-label": "…", onclick: f, disabled: true}, child, "text", null) */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** The red dot with a number; hidden at zero. */
export function setBadge(node, count) {
  node.hidden = count === 0;
  node.textContent = count > 99 ? "99+" : String(count);
  node.setAttribute("aria-label", `${count} 条未读`);
}

export const badge = () => el("span", { class: "badge", hidden: true });
