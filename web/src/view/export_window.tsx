// A chat as a file, which can be read without pystatus.
import { load } from "../net/session";
import { t } from "../texts";
import { closeDialog, Dialog, Field, Form, showDialog } from "./dialog";

/** Ask in which form, and write it. */
export const showExport = (chat: string, title: string): void => showDialog(() => <ExportWindow chat={chat} title={title} />);

const SUFFIXES: Readonly<Record<string, string>> = { html: "html", json: "jsonl", text: "txt" };

function ExportWindow({ chat, title }: { chat: string; title: string }) {
  return (
    <Dialog title={t("web.export")} size="small">
      <Form
        yes={t("web.save")}
        onDone={async (data) => {
          const format = String(data.get("format"));
          const blob = await load(`/export/${encodeURIComponent(chat)}?format=${format}`);
          save(blob, `${fileName(title)}.${SUFFIXES[format]}`);
          closeDialog();
        }}
      >
        <Field label={t("web.export_as")} note={t("web.export_note")}>
          {(id) => (
            <select id={id} name="format" class="input">
              <option value="html">{t("web.export_html")}</option>
              <option value="json">{t("web.export_json")}</option>
              <option value="text">{t("web.export_text")}</option>
            </select>
          )}
        </Field>
      </Form>
    </Dialog>
  );
}

/** What a file of a chat is called: its letters and digits. */
const fileName = (title: string): string => title.replace(/[^\p{L}\p{N}-]+/gu, " ").trim().replaceAll(" ", "_").slice(0, 40) || "chat";

/** Give a file to the browser to keep. */
function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
