// The icons of the page: their shapes as data, of which the page makes elements. Nothing of them is a string of markup.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ICONS } from "./icon_names.ts";

const ID = "virtual:icons";

/** A module that exports the shapes of each icon, [element, attributes] each. */
export function icons() {
  return {
    name: "icons",
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      const file = createRequire(import.meta.url).resolve("lucide-static/icon-nodes.json");
      const all = JSON.parse(readFileSync(file, "utf8"));
      const chosen = ICONS.map((name) => {
        if (!all[name]) throw new Error(`there is no icon ${name}`);
        return [name, all[name]];
      });
      return `export default ${JSON.stringify(Object.fromEntries(chosen))}`;
    },
  };
}
