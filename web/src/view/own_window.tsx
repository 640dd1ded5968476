// Ourselves: what others need to write to us, and the picture that they see.
import { call, state } from "../store/client";
import { post } from "../net/session";
import { attempt, done } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { Avatar, forgetPictures } from "./avatar";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { KeyLine } from "./person_window";
import { base64, preparePicture } from "./pictures";
import { QrCode } from "./qr_window";
import { showWords } from "./windows";

export function OwnWindow() {
  const [now, again] = useAsked(() => call("web_own", {}), ["own"]);
  const setPicture = (file: File | null) =>
    attempt(async () => {
      const picture = file ? { base64: await base64((await preparePicture(file)).blob) } : null;
      await post("our_profile_set_picture", { picture });
      forgetPictures();
      again();
      done(file ? t("web.picture_set") : t("web.picture_removed"));
    });
  return (
    <Dialog title={t("web.own_title")}>
      {now && (
        <div class="card">
          <Avatar person={now.person} size={88} />
          <h3 class="card-name">
            <bdi>{now.person.name}</bdi>
          </h3>
          {state.value?.profile?.name !== now.person.name && <p class="note">{state.value?.profile?.name}</p>}
          <div class="buttons">
            <label class="button file">
              <Icon name="image" size={18} />
              {t("web.set_picture")}
              <input
                type="file"
                accept="image/jpeg,image/png,image/gif,image/webp"
                onChange={(event) => {
                  const [file] = event.currentTarget.files ?? [];
                  if (file) void setPicture(file);
                }}
              />
            </label>
            {now.person.picture && (
              <button type="button" class="button" onClick={() => setPicture(null)}>
                {t("web.remove_picture")}
              </button>
            )}
          </div>
          <QrCode rows={now.qr} label={t("web.qr_of", { what: now.link })} />
          <p class="note">{t("terminal.key")}</p>
          <KeyLine label={t("terminal.key_title")} value={now.person.chat_key} />
          <KeyLine label={t("web.link")} value={now.link} />
          {now.due && (
            <button type="button" class="button main wide" onClick={showWords}>
              <Icon name="key-round" size={18} />
              {t("web.words_due")}
            </button>
          )}
        </div>
      )}
    </Dialog>
  );
}
