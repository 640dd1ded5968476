// The picture of a person, or the pattern of their key; for chats without one person a sign.
import { useEffect, useState } from "preact/hooks";
import type { ChatKind, Identicon, Person } from "../contract";
import { load } from "../net/session";
import { Icon, type IconName } from "./icon";

/** Pictures that are kept ready. */
const MAX_PICTURES = 200;
const pictures = new Map<string, Promise<string | null>>();

/** Forget the pictures of people: after one has changed, or the profile was closed. */
export function forgetPictures(): void {
  for (const one of pictures.values()) void one.then((url) => url && URL.revokeObjectURL(url));
  pictures.clear();
}

function picture(path: string): Promise<string | null> {
  let found = pictures.get(path);
  if (!found) {
    // There may be none any more: then the pattern of the key is shown.
    found = load(path).then(URL.createObjectURL, () => null);
    pictures.set(path, found);
    const [oldest] = pictures.keys();
    if (pictures.size > MAX_PICTURES && oldest !== undefined) {
      void pictures.get(oldest)?.then((url) => url && URL.revokeObjectURL(url));
      pictures.delete(oldest);
    }
  }
  return found;
}

/** The pattern of a key, as all faces draw it. */
export function Pattern({ of, size }: { of: Identicon; size: number }) {
  return (
    <svg class="pattern" width={size} height={size} viewBox="-1 -1 7 7" aria-hidden="true" shape-rendering="crispEdges">
      <rect x="-1" y="-1" width="7" height="7" class="pattern-ground" />
      {of.rows.flatMap((row, y) =>
        [...row].map((cell, x) => cell === "1" && <rect key={`${x} ${y}`} x={x} y={y} width="1" height="1" fill={of.colour} />),
      )}
    </svg>
  );
}

/** A person. */
export function Avatar({ person, size = 40 }: { person: Person; size?: number }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let isHere = true;
    setUrl(null);
    if (person.picture) void picture(person.picture).then((found) => isHere && setUrl(found));
    return () => {
      isHere = false;
    };
  }, [person.picture]);
  return (
    <span class={`avatar size${size}`} aria-hidden="true">
      {url ? <img src={url} alt="" width={size} height={size} /> : <Pattern of={person.identicon} size={size} />}
    </span>
  );
}

const SIGNS: Readonly<Record<ChatKind, IconName>> = {
  public: "hash", group: "users", person: "user", profile: "user", timeline: "inbox",
}; // prettier-ignore

/** A chat: the person that it is with, or what kind of chat it is. */
export function ChatAvatar({ kind, person, title, size = 44 }: { kind: ChatKind; person: Person | null; title: string; size?: number }) {
  if (person) return <Avatar person={person} size={size} />;
  return (
    <span class={`avatar sign tone${tone(title)} size${size}`} aria-hidden="true">
      <Icon name={SIGNS[kind]} size={Math.round(size / 2)} />
    </span>
  );
}

const TONES = 6;

/** One of a few colours, the same for the same name. */
function tone(name: string): number {
  let sum = 0;
  for (const one of name) sum = (sum * 31 + (one.codePointAt(0) ?? 0)) % 9_973;
  return sum % TONES;
}
