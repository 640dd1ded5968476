import { beforeEach, expect, test } from "vitest";
import { table } from "../generated/en";
import { useTable } from "../texts";
import { foundEmoji, loadEmoji } from "./emoji_table";

beforeEach(() => useTable("en", table));

test("there are all emoji, and they are found by the beginnings of their words", async () => {
  const groups = await loadEmoji();
  expect(groups.flat().length).toBeGreaterThan(1_500);
  expect(foundEmoji(groups, "thumb up", 5).map((one) => one.emoji)).toContain("👍️");
  expect(foundEmoji(groups, "nothing is called so", 5)).toEqual([]);
});
