// The table of the emoji picker, in each language: groups of [emoji, name, words to search for].
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const BEGIN = "virtual:emoji-";
const COMPONENTS = 2;

/** Modules virtual:emoji-en and virtual:emoji-de, one text each: an emoji a line, a group behind an empty line. */
export function emoji() {
  return {
    name: "emoji",
    resolveId: (id) => (id.startsWith(BEGIN) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${BEGIN}`)) return null;
      const language = id.slice(BEGIN.length + 1);
      const file = createRequire(import.meta.url).resolve(`emojibase-data/${language}/compact.json`);
      const groups = new Map();
      for (const one of JSON.parse(readFileSync(file, "utf8"))) {
        if (one.group === undefined || one.group === COMPONENTS) continue;
        const line = [one.unicode, one.label, (one.tags ?? []).join(" ")].join("\t");
        groups.set(one.group, [...(groups.get(one.group) ?? []), line]);
      }
      const text = [...groups].toSorted(([one], [other]) => one - other).map(([, lines]) => lines.join("\n")).join("\n\n");
      return `export default ${JSON.stringify(text)}`;
    },
  };
}
