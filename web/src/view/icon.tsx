// An icon. It says nothing by itself: a button that shows only an icon has a label.
import icons from "virtual:icons";
import { h } from "preact";
import type { IconName } from "../../plugins/icon_names";

export type { IconName };

/** Draw an icon of the set in the size of the text. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  const shapes = icons[name];
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes.map(([element, attributes]) => h(element, attributes))}
    </svg>
  );
}
