// Points in time and spans of it, as texts.
import { language, t } from "./texts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
/** The latest time that a calendar of a browser has, Unix milliseconds. */
const LAST_MS = 8.64e15;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()} ${name}`;
  let found = formats.get(key);
  if (!found) {
    // The time of day is as all faces show it; only its order with the date is the language's.
    found = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), options);
    formats.set(key, found);
  }
  return found;
}

/** A time as the clocks on the wall show it. One that no calendar has is the first of Unix time. */
export function local(ms: number): Date {
  return new Date(Math.abs(ms) <= LAST_MS ? ms : 0);
}

/** The day of a time, as a number: days in the order of the calendar. */
export function dayOf(ms: number): number {
  const at = local(ms);
  return Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / (DAY * 1_000));
}

/** `17:40`. */
export const timeText = (ms: number): string =>
  format("time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(local(ms));

/** `Today`, `Yesterday`, or `Monday 30 November 2026`. */
export function dayText(ms: number, nowMs: number): string {
  const days = dayOf(nowMs) - dayOf(ms);
  if (days === 0) return t("date.today");
  if (days === 1) return t("date.yesterday");
  return format("day", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(local(ms));
}

/** `17:40` of today, `Yesterday, 17:40`, or the whole date and the time. */
export function momentText(ms: number, nowMs: number): string {
  const time = timeText(ms);
  return dayOf(ms) === dayOf(nowMs) ? time : t("date.with_time", { day: dayText(ms, nowMs), time });
}

/** For a narrow column: `17:40` of today, the name of a day of this week, or `30/11/2026`. */
export function shortText(ms: number, nowMs: number): string {
  const days = dayOf(nowMs) - dayOf(ms);
  if (days <= 0) return timeText(ms);
  if (days < 7) return format("weekday", { weekday: "short" }).format(local(ms));
  return format("date", { day: "2-digit", month: "2-digit", year: "2-digit" }).format(local(ms));
}

/** How long something is, in its largest unit, at least one second: `3 h`, `2 days`. */
export function spanText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < MINUTE) return t("time.seconds", { n: whole });
  if (whole < HOUR) return t("time.minutes", { n: Math.floor(whole / MINUTE) });
  if (whole < 2 * DAY) return t("time.hours", { n: Math.floor(whole / HOUR) });
  return t("time.days", { n: Math.floor(whole / DAY) });
}

/** `80 kB`: so many bytes, as all faces say it. */
export function sizeText(count: number): string {
  const decimal = (value: number) =>
    new Intl.NumberFormat(language(), { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  if (count >= 1_000_000) return t("size.megabytes", { size: decimal(count / 1_000_000) });
  if (count >= 1_000) return t("size.kilobytes", { size: decimal(count / 1_000) });
  return t("size.bytes", { n: count });
}
