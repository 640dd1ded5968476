// The texts of the page in the language that is chosen. They are those of all faces: web/src/generated is made of them.
import { signal } from "@preact/signals";
import type { TextArguments } from "./generated/texts";

export type Key = keyof TextArguments;
export type Language = "en" | "de";
export type Form = string | { readonly one: string; readonly other: string };
export type Table = Readonly<Record<Key, Form>>;

export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

interface Spoken {
  readonly code: Language;
  readonly table: Table;
  readonly plural: Intl.PluralRules;
  readonly number: Intl.NumberFormat;
}

const spoken = signal<Spoken | null>(null);
const PLACE = /\{([a-z][a-z0-9_]*)(?::int)?\}/g;

/** The language of the page. Whatever reads it or calls {@link t} is drawn anew when it changes. */
export const language = (): Language => spoken.value?.code ?? "en";

/** Speak a language from now on. */
export async function speak(code: Language): Promise<void> {
  const { table } = code === "de" ? await import("./generated/de") : await import("./generated/en");
  useTable(code, table);
}

/** The same with a table that is there already. */
export function useTable(code: Language, table: Table): void {
  spoken.value = { code, table, plural: new Intl.PluralRules(code), number: new Intl.NumberFormat(code) };
}

/** The language that a browser wants, of those that there are. */
export function preferred(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const code = one.slice(0, 2).toLowerCase();
    if (code === "en" || code === "de") return code;
  }
  return "en";
}

type Arguments<K extends Key> = TextArguments[K] extends undefined ? [] : [TextArguments[K]];

/** A text. */
export function t<K extends Key>(key: K, ...values: Arguments<K>): string {
  return filled(key, values[0] as Record<string, string | number> | undefined);
}

/** The name of a text, for tables of them: tools/web.py finds what is used by this call. */
export const key = <K extends Key>(name: K): K => name;

/** A text of a table, whose arguments no type knows. */
export function filled(name: Key, values: Record<string, string | number> = {}): string {
  const now = spoken.value;
  if (!now) return "";
  const form = now.table[name];
  const text = typeof form === "string" ? form : form[now.plural.select(Number(values.n)) === "one" ? "one" : "other"];
  return text.replace(PLACE, (_, place: string) => {
    const value = values[place];
    return typeof value === "number" ? now.number.format(value) : (value ?? "");
  });
}
