// A group: who is in it, what each of them is, and what can be done.
import type { GroupAction, GroupView, Person } from "../contract";
import { call } from "../store/client";
import { attempt } from "../store/said";
import { leave, openChat } from "../store/timeline";
import { t } from "../texts";
import { useAsked } from "./asked";
import { Avatar, ChatAvatar } from "./avatar";
import { ask, closeDialogs, confirm, Dialog, showDialog } from "./dialog";
import { Icon, type IconName } from "./icon";
import { PeoplePicker } from "./people_picker";
import { showPerson } from "./person_window";
import { showQr } from "./qr_window";

/** Show a group. */
export const showGroup = (chat: string): void => showDialog(() => <GroupWindow chat={chat} />);

function GroupWindow({ chat }: { chat: string }) {
  const [now, again] = useAsked(() => call("web_group", { chat }), ["group", "people"], chat);
  const does = (what: () => Promise<unknown>) => void attempt(what).then(again);
  return (
    <Dialog title={t("terminal.members_title")}>
      {now && (
        <>
          <div class="card">
            <ChatAvatar kind="group" person={null} title={now.title} size={88} />
            <h3 class="card-name">
              <bdi>{now.title}</bdi>
            </h3>
            <p class="note">{now.summary}</p>
            <p class="note">{now.standing_text}</p>
          </div>
          <div class="buttons">
            {now.actions.map((action) => (
              <GroupButton key={action} action={action} group={now} chat={chat} does={does} />
            ))}
          </div>
          <Requests group={now} does={does} />
          <ul class="people">
            {now.members.map(({ person, role, own, actions }) => (
              <li key={person.key}>
                <PersonLine person={person} note={role} />
                {!own && actions.includes("promote") && (
                  <button
                    type="button"
                    class="round"
                    aria-label={t("web.promote", { name: person.name })}
                    title={t("web.act_promote")}
                    onClick={() => askPromote(chat, person, does)}
                  >
                    <Icon name="crown" size={18} />
                  </button>
                )}
                {!own && actions.includes("remove") && (
                  <button
                    type="button"
                    class="round"
                    aria-label={t("web.remove_member", { name: person.name })}
                    title={t("web.remove_member", { name: person.name })}
                    onClick={() => askRemove(chat, person, does)}
                  >
                    <Icon name="user-minus" size={18} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          <p class="note">{t("terminal.members_note")}</p>
        </>
      )}
    </Dialog>
  );
}

/** A person in a list, who can be looked at. */
export function PersonLine({ person, note }: { person: Person; note: string }) {
  return (
    <button type="button" class="person-line" onClick={() => showPerson(person.key)}>
      <Avatar person={person} size={36} />
      <span>
        <bdi>{person.label}</bdi>
        {note && <span class="note">{note}</span>}
      </span>
    </button>
  );
}

type Does = (what: () => Promise<unknown>) => void;

function Requests({ group, does }: { group: GroupView; does: Does }) {
  if (!group.requests.length) return null;
  return (
    <>
      <h3>{t("web.join_requests")}</h3>
      <ul class="people">
        {group.requests.map(({ id, person, text }) => (
          <li key={id}>
            <PersonLine person={person} note={text} />
            <button type="button" class="button" onClick={() => does(() => call("groups_reject", { request: id }))}>
              {t("web.refuse")}
            </button>
            <button type="button" class="button main" onClick={() => does(() => call("groups_approve", { request: id }))}>
              {t("web.act_approve")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface ButtonGiven {
  readonly action: GroupAction;
  readonly group: GroupView;
  readonly chat: string;
  readonly does: Does;
}

function GroupButton({ action, group, chat, does }: ButtonGiven) {
  switch (action) {
    case "join":
      return <Plain icon="check" text={t("web.act_join")} press={() => does(() => call("groups_join", { group: chat }))} />;
    case "decline":
      return <Plain icon="x" text={t("web.decline")} press={() => does(() => call("groups_decline", { group: chat }))} />;
    case "rename":
      return <Plain icon="pencil" text={t("web.act_rename")} press={() => askName(chat, group, does)} />;
    case "add":
      return <Plain icon="user-plus" text={t("web.act_invite")} press={() => showDialog(() => <AddWindow chat={chat} group={group} />)} />;
    case "invitation-link":
      return <Plain icon="qr-code" text={t("web.act_link")} press={() => showLinkOf(group)} />;
    case "step-down":
      return <Plain icon="crown" text={t("web.step_down")} press={() => does(() => call("groups_step_down", { group: chat }))} />;
    case "leave":
      return <Plain icon="log-out" text={t("web.act_leave")} danger press={() => askLeave(chat, group)} />;
    default:
      return null; // what is done to a member stands beside them
  }
}

function Plain({ icon, text, danger, press }: { icon: IconName; text: string; danger?: boolean; press: () => void }) {
  return (
    <button type="button" class={`button ${danger ? "danger" : ""}`} onClick={press}>
      <Icon name={icon} size={18} />
      {text}
    </button>
  );
}

function showLinkOf(group: GroupView): void {
  if (group.link && group.qr) showQr(group.title, group.link, group.qr);
}

function askName(chat: string, group: GroupView, does: Does): void {
  ask({ title: t("terminal.rename_title"), label: t("terminal.rename_question"), yes: t("web.save"), value: group.title }, async (name) => {
    await call("groups_rename", { group: chat, name });
    does(async () => undefined);
  });
}

function askPromote(chat: string, person: Person, does: Does): void {
  confirm({ title: t("web.act_promote"), text: t("terminal.promote_question", { name: person.label }), yes: t("web.act_promote") }, () =>
    does(() => call("groups_promote", { group: chat, members: [person.key] })),
  );
}

function askRemove(chat: string, person: Person, does: Does): void {
  const title = t("web.remove_member", { name: person.label });
  confirm({ title, text: t("terminal.remove_question", { name: person.label }), yes: t("web.remove"), danger: true }, () =>
    does(() => call("groups_remove", { group: chat, member: person.key })),
  );
}

function askLeave(chat: string, group: GroupView): void {
  confirm({ title: t("web.act_leave"), text: t("terminal.leave_question", { chat: group.title }), yes: t("web.act_leave"), danger: true }, () => {
    void attempt(async () => {
      await call("groups_leave", { group: chat });
      closeDialogs();
      if (openChat.value === chat) await leave();
    });
  });
}

function AddWindow({ chat, group }: { chat: string; group: GroupView }) {
  const there = new Set(group.members.map(({ person }) => person.key));
  return (
    <Dialog title={t("terminal.invite_title")}>
      <PeoplePicker
        yes={t("web.add")}
        without={there}
        onDone={async (members) => {
          await call("groups_add", { group: chat, members });
          closeDialogs();
        }}
      />
    </Dialog>
  );
}
