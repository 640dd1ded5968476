import { expect, test } from "vitest";
import type { Patch, Row, TimelineView } from "../contract";
import { applied } from "./timeline";

const day = (key: string): Row => ({ key, kind: "day", text: key, date: "2026-12-01" });
const view = (keys: string): TimelineView => ({
  chat: "harbour", revision: 1, rows: [...keys].map(day), has_older: true, has_newer: false, anchor: null, head: {} as never,
}); // prettier-ignore
const patch = (change: Partial<Patch>): Patch => ({
  chat: "harbour", revision: 2, start: 0, removed: 0, rows: [], has_older: true, has_newer: false, ...change,
}); // prettier-ignore
const keys = (found: TimelineView | null) => found?.rows.map((row) => row.key).join("");

test("rows come before, between and behind, in place of others", () => {
  expect(keys(applied(view("cd"), patch({ rows: [day("a"), day("b")] })))).toBe("abcd");
  expect(keys(applied(view("abd"), patch({ start: 2, rows: [day("c")] })))).toBe("abcd");
  expect(keys(applied(view("abx"), patch({ start: 2, removed: 1, rows: [day("c"), day("d")] })))).toBe("abcd");
  expect(keys(applied(view("abc"), patch({ removed: 3 })))).toBe("");
});

test("the ends are those of the change", () => {
  const now = applied(view("a"), patch({ has_older: false, has_newer: true }));
  expect([now?.has_older, now?.has_newer, now?.revision]).toEqual([false, true, 2]);
});

test("a change of another chat, or one that is known, changes nothing", () => {
  const old = view("a");
  expect(applied(old, patch({ chat: "pier", removed: 1 }))).toBe(old);
  expect(applied(old, patch({ revision: 1, removed: 1 }))).toBe(old);
});

test("a change of rows that are not there is none", () => {
  expect(applied(view("a"), patch({ start: 1, removed: 1 }))).toBeNull();
});
