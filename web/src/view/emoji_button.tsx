// Opens the emoji picker, which is loaded when somebody wants it first.
import { attempt } from "../store/said";
import { popUp } from "./menu";

/** Open the picker beside a button. */
export function openEmojiPicker(beside: Element, choose: (emoji: string) => void): void {
  void attempt(async () => {
    const { EmojiPicker } = await import("./emoji_picker");
    const { loadEmoji } = await import("./emoji_table");
    const table = await loadEmoji();
    popUp(beside, () => <EmojiPicker table={table} choose={choose} />);
  });
}
