import { expect, test } from "vitest";
import type { ChatEntry, ChatsChange, ChatsView } from "../contract";
import { changed } from "./chat_list";

const entry = (id: string): ChatEntry => ({ id }) as never;
const list = (ids: string): ChatsView => ({ revision: 1, unread: 0, mentions: 0, window_title: "", requests: 0, entries: [...ids].map(entry) });
const change = (given: Partial<ChatsChange>): ChatsChange => ({
  revision: 2, unread: 0, mentions: 0, window_title: "", requests: 0, start: 0, removed: 0, rows: [], ...given,
}); // prettier-ignore
const ids = (found: ChatsView | null) => found?.entries.map((one) => one.id).join("");

test("an entry goes to the top, and those above it go down", () => {
  const now = changed(list("abcde"), change({ removed: 4, rows: [entry("D"), [0, 3]], unread: 1 }));
  expect(ids(now)).toBe("Dabce");
  expect([now?.unread, now?.revision]).toEqual([1, 2]);
});

test("entries come, go and change places", () => {
  expect(ids(changed(list("abc"), change({ start: 1, removed: 1 })))).toBe("ac");
  expect(ids(changed(list("abc"), change({ start: 3, rows: [entry("d")] })))).toBe("abcd");
  expect(ids(changed(list("abcd"), change({ removed: 4, rows: [[2, 2], [0, 2]] })))).toBe("cdab");
});

test("a change that is not of this list is none", () => {
  expect(changed(list("abc"), change({ revision: 3 }))).toBeNull();
});
