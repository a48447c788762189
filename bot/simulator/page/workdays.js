// Working days of the mainland's published calendar, so that "the 11th working day" is right in months with 调休.
// Month-day without separator. Years not listed are not published: the page says so and never guesses.

const DAYS_OFF = {
  2025: "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
  2026: "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
};
const MAKE_UP_DAYS = {
  2025: "0126 0208 0427 0928 1011",
  2026: "0104 0214 0228 0509 0920 1010",
};

function isWorkingDay(year, month, day) {
  const key = String(month).padStart(2, "0") + String(day).padStart(2, "0");
  if (MAKE_UP_DAYS[year].split(" ").includes(key)) return true;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !DAYS_OFF[year].split(" ").includes(key);
}

/** The day of the month that is its nth working day. */
export function workingDay(year, month, nth) {
  if (!(year in DAYS_OFF)) throw new Error(`${year} 年的节假日安排尚未收录，请直接选择日期。`);
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  for (let day = 1, count = 0; day <= last; day += 1) {
    if (isWorkingDay(year, month, day)) count += 1;
    if (count === nth) return day;
  }
  throw new Error(`${year} 年 ${month} 月没有第 ${nth} 个工作日。`);
}
