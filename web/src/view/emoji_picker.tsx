// The emoji picker: what was used last, all of them, and a search.
import { useState } from "preact/hooks";
import { t } from "../texts";
import { type Emoji, foundEmoji } from "./emoji_table";
import { popDown } from "./menu";

/** What was used last, in this tab: nobody else learns of it. */
const RECENT = "emoji";
const MAX_RECENT = 24;
const MAX_FOUND = 120;
const COLUMNS = 8;

function recent(): string[] {
  return (sessionStorage.getItem(RECENT) ?? "").split(" ").filter(Boolean);
}

function remember(emoji: string): void {
  const all = [emoji, ...recent().filter((one) => one !== emoji)].slice(0, MAX_RECENT);
  sessionStorage.setItem(RECENT, all.join(" "));
}

interface Given {
  readonly table: readonly (readonly Emoji[])[];
  readonly choose: (emoji: string) => void;
}

export function EmojiPicker({ table, choose }: Given) {
  const [query, setQuery] = useState("");
  const names = new Map(table.flat().map((one) => [one.emoji, one.name]));
  const groups = query
    ? [foundEmoji(table, query, MAX_FOUND)]
    : [recent().map((emoji) => ({ emoji, name: names.get(emoji) ?? emoji, words: "" })), ...table];
  const first = groups.findIndex((group) => group.length > 0);
  const pick = (emoji: string) => {
    remember(emoji);
    popDown();
    choose(emoji);
  };
  return (
    <div role="dialog" aria-label={t("web.emoji")} class="emoji-picker">
      <input
        class="input"
        type="search"
        value={query}
        placeholder={t("web.search_emoji")}
        aria-label={t("web.search_emoji")}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = groups.flat();
          if (event.key === "Enter" && first) pick(first.emoji);
          if (event.key === "ArrowDown") {
            event.preventDefault();
            event.currentTarget.parentElement?.querySelector<HTMLElement>(".emoji-list button")?.focus();
          }
        }}
      />
      <div class="emoji-list" role="group" aria-label={t("web.emoji")} onKeyDown={step}>
        {groups.map(
          (group, place) =>
            group.length > 0 && (
              <div key={place} class="emoji-group">
                {group.map((one, number) => (
                  <button key={one.emoji} type="button" tabIndex={place === first && !number ? 0 : -1} aria-label={one.name} title={one.name} onClick={() => pick(one.emoji)}>
                    {one.emoji}
                  </button>
                ))}
              </div>
            ),
        )}
        {query && !groups.flat().length && <p class="note">{t("terminal.nothing_found")}</p>}
      </div>
    </div>
  );
}

/** The arrow keys go from emoji to emoji; the tab key goes to the first one. */
function step(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
  const by = steps[event.key];
  if (!by) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const place = buttons.indexOf(document.activeElement as HTMLElement) + by;
  if (place < 0) event.currentTarget.parentElement?.querySelector<HTMLElement>("input")?.focus();
  else buttons[Math.min(place, buttons.length - 1)]?.focus();
  event.preventDefault();
}
