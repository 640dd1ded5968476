// The list of chats: what is sent of it is what has changed.
import type { ChatEntry, ChatsChange, ChatsView } from "../contract";

/** The list after a change.
 * @returns null: the change is not of the list that is here. */
export function changed(old: ChatsView, change: ChatsChange): ChatsView | null {
  const { start, removed, rows, ...totals } = change;
  if (change.revision !== old.revision + 1) return null;
  const kept = (row: ChatsChange["rows"][number]): readonly ChatEntry[] =>
    isPlace(row) ? old.entries.slice(row[0], row[0] + row[1]) : [row];
  const entries = [...old.entries.slice(0, start), ...rows.flatMap(kept), ...old.entries.slice(start + removed)];
  return { ...totals, entries };
}

const isPlace = (row: ChatsChange["rows"][number]): row is readonly [number, number] => Array.isArray(row);
