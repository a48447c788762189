// What the page remembers over a reload of this tab: what was read, which steps are ticked.

export function load(key, fallback) {
  try {
    return JSON.parse(sessionStorage.getItem(`guanjia.${key}`)) ?? fallback;
  } catch {
    return fallback; // storage is switched off, or was written by something else
  }
}

export function save(key, value) {
  try {
    sessionStorage.setItem(`guanjia.${key}`, JSON.stringify(value));
  } catch (error) {
    console.info("not remembered", error); // storage is switched off or full: the page works without
  }
}
