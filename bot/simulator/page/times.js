// The park's time of day (Asia/Shanghai, UTC+8 without summer time) and the words for points in time.
import { workingDay } from "./workdays.js";

const OFFSET_MS = 8 * 3600_000;
const WEEKDAYS = "日一二三四五六";
const pad = (number) => String(number).padStart(2, "0");

/** {year, month 1–12, day, hour, minute, weekday} in the park. */
export function local(instant) {
  const at = new Date(instant.getTime() + OFFSET_MS);
  return {
    year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(),
    hour: at.getUTCHours(), minute: at.getUTCMinutes(), weekday: WEEKDAYS[at.getUTCDay()],
  };
}

/** The instant of a time of day in the park; a day beyond the month's end is its last day. */
export function instant(year, month, day, hour = 0, minute = 0) {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1, Math.min(day, last), hour, minute) - OFFSET_MS);
}

export function parseInstant(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Error(`看不懂的时间：${text}`);
  return at;
}

export function timeText(at) {
  const { hour, minute } = local(at);
  return `${pad(hour)}:${pad(minute)}`;
}

export function dayText(at) {
  const { year, month, day, weekday } = local(at);
  return `${year}年${month}月${day}日 周${weekday}`;
}

export function shortText(at) {
  const { month, day } = local(at);
  return `${month}月${day}日 ${timeText(at)}`;
}

/** For <input type=datetime-local>, and what comes back from it. */
export function pickerValue(at) {
  const { year, month, day } = local(at);
  return `${year}-${pad(month)}-${pad(day)}T${timeText(at)}`;
}
export const fromPicker = (value) => parseInstant(`${value}:00+08:00`);

const DAY_SPEC = /^(\+?)(W?)(\d{1,2})T(\d{2}):(\d{2})$/;

/**
 * "26T10:00" the next 26th 10:00 · "W11T10:00" the next 11th working day 10:00 · with "+": of the next month ·
 * anything else: an ISO instant. Throws where the calendar of that year is not published yet.
 */
export function resolve(spec, now) {
  const match = DAY_SPEC.exec(spec);
  if (!match) return parseInstant(spec);
  const [, next, working, nth, hour, minute] = match;
  const { year, month } = local(now);
  for (let ahead = next ? 1 : 0; ; ahead += 1) {
    const [inYear, inMonth] = [year + Math.floor((month - 1 + ahead) / 12), ((month - 1 + ahead) % 12) + 1];
    const day = working ? workingDay(inYear, inMonth, Number(nth)) : Number(nth);
    const at = instant(inYear, inMonth, day, Number(hour), Number(minute));
    if (at > now) return at;
  }
}

const SPAN = /^(\d+)([mhd])$/;
const UNIT_MS = { m: 60_000, h: 3600_000, d: 24 * 3600_000 };

/** Where "3d", "2h" or "30m" leads; null when the server must know better. */
export function after(span, now) {
  const match = SPAN.exec(span);
  return match ? new Date(now.getTime() + Number(match[1]) * UNIT_MS[match[2]]) : null;
}
