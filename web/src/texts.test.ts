import { beforeEach, expect, test } from "vitest";
import { table as de } from "./generated/de";
import { table as en } from "./generated/en";
import { sizeText, spanText } from "./moments";
import { language, preferred, t, useTable } from "./texts";

beforeEach(() => useTable("en", en));

test("a text is filled in, in the form of its number", () => {
  expect(t("web.requests", { n: 1 })).toBe("1 person wants to write to you");
  expect(t("web.requests", { n: 2_000 })).toBe("2,000 people want to write to you");
  expect(t("web.about", { name: "{n:int} $& <b>" })).toBe("About {n:int} $& <b>");
});

test("another language is spoken at once", () => {
  useTable("de", de);
  expect(language()).toBe("de");
  expect(t("web.requests", { n: 2_000 })).toBe("2.000 Personen möchten Ihnen schreiben");
});

test("the language of a browser is the first one that there is", () => {
  expect(preferred(["fr-FR", "de-AT", "en"])).toBe("de");
  expect(preferred(["fr"])).toBe("en");
});

test("all languages have the same texts", () => {
  expect(Object.keys(de)).toEqual(Object.keys(en));
});

test("spans and sizes are as in the other faces", () => {
  expect([0, 59, 60, 7_200, 200_000].map(spanText)).toEqual(["1 s", "59 s", "1 min", "2 h", "2 days"]);
  expect([1, 999, 1_500, 80_000, 2_500_000].map(sizeText)).toEqual(["1 byte", "999 bytes", "1.5 kB", "80 kB", "2.5 MB"]);
});
