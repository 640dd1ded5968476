// The emoji that can be chosen, with their names in the language of the page.
import { language } from "../texts";

export interface Emoji {
  readonly emoji: string;
  readonly name: string;
  readonly words: string;
}

/** The table, by groups.
 * Its text has a line for each emoji, `emoji TAB name TAB words`, and an empty line between groups. */
export async function loadEmoji(): Promise<readonly (readonly Emoji[])[]> {
  const { default: text } = language() === "de" ? await import("virtual:emoji-de") : await import("virtual:emoji-en");
  return text.split("\n\n").map((group) =>
    group.split("\n").map((line) => {
      const [emoji = "", name = "", words = ""] = line.split("\t");
      return { emoji, name, words: `${name} ${words}`.toLowerCase() };
    }),
  );
}

/** Those that somebody looks for: every word is to begin one of theirs. */
export function foundEmoji(table: readonly (readonly Emoji[])[], query: string, most: number): Emoji[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Emoji[] = [];
  for (const one of table.flat()) {
    const words = one.words.split(" ");
    if (wanted.every((begin) => words.some((word) => word.startsWith(begin)))) found.push(one);
    if (found.length >= most) break;
  }
  return found;
}
