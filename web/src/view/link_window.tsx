// Where a link leads, before it is followed.
import type { LinkView } from "../contract";
import { call } from "../store/client";
import { attempt, done } from "../store/said";
import { open } from "../store/timeline";
import { t } from "../texts";
import { closeDialog, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";

/** Show where a link leads, and follow it if somebody wants to. */
export function showLink(link: LinkView): void {
  showDialog(() => <LinkWindow link={link} />);
}

/** Follow a link of Status: to a chat, or to a group whose admin is asked. */
export async function follow(url: string): Promise<void> {
  const found = await call("web_go_link", { url });
  if (found.chat) await open(found.chat);
  else if (found.asked) done(t("terminal.asked_to_join"));
}

function LinkWindow({ link }: { link: LinkView }) {
  const [first, ...others] = link.sentences;
  return (
    <Dialog
      title={t("terminal.link_title")}
      size="small"
      foot={
        <>
          <button type="button" class="button" onClick={closeDialog}>
            {t("web.cancel")}
          </button>
          {link.inside && (
            <button
              type="button"
              class="button main"
              onClick={() => {
                closeDialog();
                void attempt(() => follow(link.url));
              }}
            >
              {t("web.open")}
            </button>
          )}
          {!link.inside && link.can_be_opened && (
            <a class="button main" href={link.url} target="_blank" rel="noopener noreferrer" onClick={closeDialog}>
              {t("web.open")}
            </a>
          )}
        </>
      }
    >
      <p class="key" dir="ltr">
        {link.url}
      </p>
      <p>{first}</p>
      {others.map((sentence) => (
        <p key={sentence} class="care">
          <Icon name="triangle-alert" />
          <span>{sentence}</span>
        </p>
      ))}
    </Dialog>
  );
}
