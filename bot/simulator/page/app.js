// Puts the page together and keeps it up to date.
import { Offline, api } from "./api.js";
import { Clock } from "./clock.js";
import { Inboxes } from "./inbox.js";
import { Phone } from "./phone.js";
import { Story } from "./story.js";
import { subtitle } from "./switcher.js";
import { Tabs } from "./tabs.js";

const TICK_MS = 1000;
const BACKGROUND_PER_TICK = 4; // phones that are neither shown nor in the story, in turn: for the unread badges

const inboxes = new Inboxes(api);
const clock = new Clock(api);
const shared = { inboxes, api, now: () => clock.now ?? new Date() };
const pane = (name) => document.getElementById(`pane-${name}`);

const tenant = new Phone(pane("tenant"), {
  ...shared, lane: "chat", device: "租户手机 · 微信客服", title: "物业服务中心", hint: () => "微信客服", avatar: "管", empty: "还没有消息，说一句“帮助”试试。",
});
const staff = new Phone(pane("staff"), {
  ...shared, lane: "chat", device: "员工手机 · 企业微信", title: "管家", hint: subtitle, avatar: "管", empty: "还没有消息，说一句“待办”试试。",
});
const sms = new Phone(pane("sms"), {
  ...shared, lane: "sms", device: "短信收件箱", title: "【物业服务中心】", hint: (person) => person.mobile || person.name, avatar: "信", empty: "还没有短信。",
});
const phones = { tenant, staff, sms };

let people = [];
let turn = 0;
const tabs = new Tabs(document.querySelector(".tabs"), () => Object.values(phones).forEach((phone) => phone.render()));

const story = new Story({
  clock, inboxes,
  person: (who) => people.find((person) => person.id === who || person.name === who),
  phoneOf: (person) => (person.kind === "staff" ? staff : tenant),
  focus: (phone) => tabs.show(phone === staff ? "staff" : "tenant"),
});
pane("guide").append(clock.node, story.node);

/** The SMS phone goes with the tenant; somebody else chosen there stays until the tenant changes. */
tenant.onPicked = (person) => sms.show(person);

function countUnread() {
  const count = (kind, lane) => people.filter((person) => !kind || person.kind === kind).reduce((sum, person) => sum + inboxes.unread(person.id, lane), 0);
  tabs.setUnread("tenant", count("tenant", "chat"));
  tabs.setUnread("staff", count("staff", "chat"));
  tabs.setUnread("sms", count("", "sms"));
}

function dueForALook() {
  const shown = [...Object.values(phones).map((phone) => phone.person), ...story.cast].filter(Boolean).map((person) => person.id);
  const others = people.map((person) => person.id).filter((id) => !shown.includes(id));
  const some = Array.from({ length: Math.min(BACKGROUND_PER_TICK, others.length) }, (_, index) => others[(turn + index) % others.length]);
  turn += BACKGROUND_PER_TICK;
  return [...new Set([...shown, ...some])];
}

function showOffline(error) {
  document.getElementById("offline").hidden = !error;
  if (error && !(error instanceof Offline)) console.warn("not fetched", error);
}

async function tick() {
  try {
    await Promise.all([clock.refresh(), ...dueForALook().map((id) => inboxes.refresh(id))]);
    showOffline(null);
  } catch (error) {
    showOffline(error);
  }
  Object.values(phones).forEach((phone) => phone.tick());
  countUnread();
  setTimeout(tick, TICK_MS);
}

async function meet() {
  people = await api.people();
  const of = (kind) => people.filter((person) => person.kind === kind);
  tenant.setPeople(of("tenant"));
  staff.setPeople(of("staff"));
  sms.setPeople(people.filter((person) => person.mobile || person.kind === "tenant"));
  tenant.show(of("tenant")[0] ?? null);
  staff.show(of("staff")[0] ?? null);
  sms.show(tenant.person);
  await Promise.all([tenant, staff].map(greet));
}

/** A phone that never wrote is opened once, so that the visitor meets a welcome and not an empty screen. */
async function greet(phone) {
  if (!phone.person) return;
  await inboxes.refresh(phone.person.id);
  if (inboxes.last(phone.person.id) === 0) await phone.open();
}

async function start() {
  try {
    await clock.refresh();
    await meet();
    story.setStories((await api.story()).stories);
    await tick();
  } catch (error) {
    showOffline(error);
    setTimeout(start, TICK_MS);
  }
}

start();
