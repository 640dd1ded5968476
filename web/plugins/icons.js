// The icons of the page: their shapes as data, of which the page makes elements. Nothing of them is a string of markup.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ID = "virtual:icons";
const NAMES = [
  "arrow-down", "arrow-left", "bell", "bell-off", "calendar", "camera", "check", "check-check", "chevron-down",
  "chevron-right", "circle-alert", "circle-question-mark", "clock", "copy", "crown", "download", "ellipsis-vertical",
  "eye", "eye-off", "hash", "image", "inbox", "info", "keyboard", "key-round", "laptop", "link", "lock",
  "log-out", "message-circle", "mic", "monitor-smartphone", "network", "paperclip", "pencil", "plus", "qr-code",
  "refresh-cw", "reply", "search", "send", "server", "settings", "shield-alert", "shield-check", "face-slightly-smiling", "face-slightly-smiling-plus",
  "sticker", "trash", "triangle-alert", "user", "user-minus", "user-plus", "user-x", "users", "volume-2", "wifi",
  "wifi-off", "x",
];

/** A module that exports the shapes of each icon, [element, attributes] each. */
export function icons() {
  return {
    name: "icons",
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      const file = createRequire(import.meta.url).resolve("lucide-static/icon-nodes.json");
      const all = JSON.parse(readFileSync(file, "utf8"));
      const chosen = NAMES.map((name) => {
        if (!all[name]) throw new Error(`there is no icon ${name}`);
        return [name, all[name]];
      });
      return `export default ${JSON.stringify(Object.fromEntries(chosen))}`;
    },
  };
}
