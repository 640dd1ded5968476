// Pictures, sounds and stickers in a message. Their bytes are asked for when the message is in view.
import { useEffect, useState } from "preact/hooks";
import type { Media, MessageRow } from "../contract";
import { sentence } from "../net/errors";
import { load } from "../net/session";
import { t } from "../texts";
import { Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";

/** Media that are kept ready: a few screens of them. */
const MAX_KEPT = 40;
/** The largest size of a picture in a message, CSS pixels. */
const WIDEST = 340;
const HIGHEST = 360;
const kept = new Map<string, Promise<string>>();

function loaded(path: string): Promise<string> {
  let found = kept.get(path);
  if (!found) {
    found = load(path).then(URL.createObjectURL);
    found.catch(() => kept.delete(path)); // so that the next view of it asks again
  } else kept.delete(path);
  kept.set(path, found);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) {
    void kept.get(oldest)?.then(URL.revokeObjectURL);
    kept.delete(oldest);
  }
  return found;
}

/** The address of media in this page; null: not yet. `problem` says why there is none. */
function useMedia(path: string | null): { url: string | null; problem: string } {
  const [found, setFound] = useState<{ url: string | null; problem: string }>({ url: null, problem: "" });
  useEffect(() => {
    if (!path) return undefined;
    let isHere = true;
    loaded(path).then(
      (url) => isHere && setFound({ url, problem: "" }),
      (error) => isHere && setFound({ url: null, problem: sentence(error) }),
    );
    return () => {
      isHere = false;
    };
  }, [path]);
  return found;
}

/** What a message carries beside its text. */
export function MediaView({ row, media }: { row: MessageRow; media: Media }) {
  if (media.problem || !media.url) return <p class="media-note">{row.note || media.problem}</p>;
  if (media.kind === "image") return <Picture row={row} media={media} />;
  if (media.kind === "audio") return <Sound row={row} media={media} />;
  return <p class="media-note">{row.note}</p>;
}

function Picture({ row, media }: { row: MessageRow; media: Media }) {
  const { url, problem } = useMedia(media.url);
  // The place of the picture is as large as the picture before it is there, so that nothing moves.
  const scale = Math.min(1, WIDEST / Math.max(1, media.width), HIGHEST / Math.max(1, media.height));
  const size = { width: Math.max(64, Math.round(media.width * scale)), height: Math.max(48, Math.round(media.height * scale)) };
  const name = t("web.picture_by", { name: row.own ? t("terminal.you") : row.author.name });
  if (problem) return <p class="media-note">{problem}</p>;
  return (
    <button type="button" class="picture" aria-label={t("web.show_picture", { picture: name })} onClick={() => url && showPicture(name, url, row)}>
      {url ? <img src={url} alt={name} {...size} /> : <span class="picture-place" style={{ width: `${size.width}px`, height: `${size.height}px` }} />}
    </button>
  );
}

function showPicture(name: string, url: string, row: MessageRow): void {
  showDialog(() => (
    <Dialog
      title={name}
      size="large"
      foot={
        <a class="button" href={url} download={`${row.id.slice(2, 12)}.${suffix(row.media?.type ?? "")}`}>
          <Icon name="download" />
          {t("web.save")}
        </a>
      }
    >
      <img class="whole-picture" src={url} alt={row.said || row.plain || name} />
    </Dialog>
  ));
}

/** What a file of this type is called: `image/jpeg` is a `.jpeg`. */
const suffix = (type: string): string => type.split("/")[1] ?? "bin";

const PLAYABLE = "audio/aac";

function Sound({ row, media }: { row: MessageRow; media: Media }) {
  const { url, problem } = useMedia(media.url);
  const plays = media.type === PLAYABLE && document.createElement("audio").canPlayType(PLAYABLE) !== "";
  if (problem) return <p class="media-note">{problem}</p>;
  return (
    <div class="sound">
      <p class="media-note">
        <Icon name="volume-2" size={18} /> {t("media.sound")} · {t("time.seconds", { n: Math.round(media.seconds) })} · {media.size}
      </p>
      {url && plays && (
        // What somebody says in a message has no captions.
        // oxlint-disable-next-line jsx-a11y/media-has-caption
        <audio controls src={url} aria-label={t("media.sound")} />
      )}
      {url && (
        <a class="link" href={url} download={`${row.id.slice(2, 12)}.${suffix(media.type)}`}>
          {t("web.save")}
        </a>
      )}
    </div>
  );
}
