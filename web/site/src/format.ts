/** Numbers and times in words. */

const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** Writes a number of bytes with three digits at most, in powers of 1000 as file managers do. */
export function bytes(count: number): string {
  if (count === 1) return "1 byte";
  let value = count;
  let unit = 0;
  // 999.5 would round to 1000 of the smaller unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Writes how much of a whole is done. Never says 100 % before the end. */
export function percent(done: number, whole: number): string {
  if (whole <= 0) return "0 %";
  return `${done >= whole ? 100 : Math.min(99, Math.floor((done / whole) * 100))} %`;
}

/** Writes a time span, coarsely: nobody needs to watch seconds jump. */
export function span(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `${Math.ceil(seconds / 10) * 10} seconds`;
  if (seconds < 3570) return plural(Math.max(1, Math.round(seconds / 60)), "minute");
  return plural(Math.round(seconds / 3600), "hour");
}

/** Writes when something happened: by the clock today, by the date before. */
export function moment(iso: string, now: Date = new Date(), locale?: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  const clock = time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (time.toDateString() === now.toDateString()) return `today, ${clock}`;
  const year = time.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return `${time.toLocaleDateString(locale, { day: "numeric", month: "short", ...year })}, ${clock}`;
}

/** Writes a number with its noun. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
