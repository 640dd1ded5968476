// What the server of the page is asked, and what it says: its calls beside those of the daemon (generated/api.ts), and
// the views that it keeps current for a connection.
import type { Calls } from "./generated/api";

export interface Identicon {
  readonly colour: string;
  readonly rows: readonly string[];
}

export interface Person {
  readonly key: string;
  readonly chat_key: string;
  readonly name: string;
  readonly second: string;
  /** The name, with the beginning of the key where names are alike. */
  readonly label: string;
  readonly full: string;
  readonly key_prefix: string;
  readonly known: boolean;
  readonly identicon: Identicon;
  readonly picture: string | null;
}

export type Block =
  | { readonly type: "paragraph"; readonly children: readonly Inline[] }
  | { readonly type: "heading"; readonly level: number; readonly children: readonly Inline[] }
  | { readonly type: "quote"; readonly text: string }
  | { readonly type: "code-block"; readonly text: string; readonly language: string };

export type Inline =
  | { readonly type: "text" | "emphasis" | "strong" | "strong-emphasis" | "deleted" | "code"; readonly text: string }
  | { readonly type: "link"; readonly url: string }
  | { readonly type: "tag"; readonly name: string }
  | { readonly type: "mention"; readonly key: string; readonly name: string; readonly own: boolean }
  | { readonly type: "line-break" };

export interface Quote {
  readonly id: string;
  readonly author: Person | null;
  readonly text: string;
  readonly here: boolean;
}

export interface Media {
  readonly kind: "image" | "audio" | "sticker";
  readonly url: string | null;
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly seconds: number;
  readonly size: string;
  readonly problem: string;
}

export interface Mark {
  readonly state: "sending" | "sent" | "seen" | "archived" | "delivered" | "unconfirmed" | "failed";
  readonly sign: string;
  readonly words: string;
  readonly asks: boolean;
}

export interface ReactionView {
  readonly reaction: number;
  readonly emoji: string;
  readonly count: number;
  readonly own: boolean;
}

export type Can = "reply" | "react" | "resend" | "withdraw" | "delete" | "copy" | "explain";

export interface MessageRow {
  readonly key: string;
  readonly kind: "message";
  readonly id: string;
  /** Whether the name of the author and the time stand above it. */
  readonly group: boolean;
  readonly author: Person;
  readonly own: boolean;
  readonly time: string;
  readonly moment: string;
  readonly time_ms: number;
  readonly body: readonly Block[];
  readonly plain: string;
  /** Without the marks of its styles, where it has any: for one line, and for who is read to. */
  readonly said: string | null;
  readonly long: boolean;
  readonly rtl: boolean;
  readonly system: boolean;
  readonly reply: Quote | null;
  readonly media: Media | null;
  readonly note: string;
  readonly reactions: readonly ReactionView[];
  readonly mark: Mark | null;
  readonly secret: boolean;
  readonly names_us: boolean;
  readonly can: readonly Can[];
}

export type Row =
  | MessageRow
  | { readonly key: string; readonly kind: "day"; readonly text: string; readonly date: string }
  | { readonly key: string; readonly kind: "new"; readonly text: string; readonly count: number }
  | {
      readonly key: string;
      readonly kind: "gap";
      readonly text: string;
      readonly lower: number;
      readonly upper: number;
      readonly fetching: boolean;
    }
  | { readonly key: string; readonly kind: "beginning"; readonly text: string; readonly can_ask: boolean };

export interface Head {
  readonly chat: string;
  readonly title: string;
  readonly label: string;
  readonly kind: ChatKind;
  readonly person: Person | null;
  readonly audience: string;
  readonly muted: boolean;
  readonly active: boolean;
  readonly can_write: boolean;
  /** What we are in a group; empty for other chats. */
  readonly standing: "" | "no-member" | "invited" | "member" | "admin";
  readonly group: boolean;
  readonly draft: { readonly text: string; readonly reply_to: Quote | null } | null;
  readonly warning: string;
}

export interface TimelineView {
  readonly chat: string;
  readonly revision: number;
  readonly rows: readonly Row[];
  readonly has_older: boolean;
  readonly has_newer: boolean;
  readonly anchor: string | null;
  readonly head: Head;
}

export interface Patch {
  readonly chat: string;
  readonly revision: number;
  readonly start: number;
  readonly removed: number;
  readonly rows: readonly Row[];
  readonly has_older: boolean;
  readonly has_newer: boolean;
}

export type ChatKind = "public" | "person" | "group" | "profile" | "timeline";

export interface ChatEntry {
  readonly id: string;
  readonly kind: ChatKind;
  readonly title: string;
  readonly person: Person | null;
  readonly preview: string;
  readonly time: string;
  readonly updated_ms: number;
  readonly unread: number;
  readonly unread_badge: string;
  readonly mentions: number;
  readonly mention_badge: string;
  readonly muted: boolean;
  readonly draft: boolean;
  readonly asks: boolean;
  readonly description: string;
}

interface ChatTotals {
  readonly revision: number;
  readonly unread: number;
  readonly mentions: number;
  readonly window_title: string;
  readonly requests: number;
}

export interface ChatsView extends ChatTotals {
  readonly entries: readonly ChatEntry[];
}

/** What differs in the list: rows that are as before are named by their place, and how many follow it. */
export interface ChatsChange extends ChatTotals {
  readonly start: number;
  readonly removed: number;
  readonly rows: readonly (ChatEntry | readonly [place: number, count: number])[];
}

export interface ServerState {
  readonly state: "choose" | "opening" | "open" | "failed";
  readonly profile: {
    readonly id: string;
    readonly name: string;
    readonly alias: string;
    readonly chat_key: string;
    readonly key: string;
  } | null;
  readonly attached: boolean;
  readonly problem: string;
  readonly network: {
    /** Whether any node is known to connect to. */
    readonly known: boolean;
    readonly named: boolean;
    readonly name: string;
    readonly own: OwnNetwork["state"];
  };
}

/** The network that runs beside the page. */
export interface OwnNetwork {
  readonly state: "not-offered" | "none" | "stopped" | "running";
  readonly problem: string;
  /** Whether profiles are opened in it. */
  readonly used: boolean;
  readonly name: string;
  readonly link: string;
  readonly qr: readonly string[];
  readonly reach: string;
  readonly ports: string;
}

export interface StoredProfile {
  readonly id: string;
  readonly name: string;
  readonly alias: string;
  readonly chat_key: string;
  readonly identicon: Identicon;
  readonly served: boolean;
  readonly chosen: boolean;
}

export interface Settings {
  readonly theme: "auto" | "dark" | "light" | "contrast";
  readonly language: "auto" | "en" | "de";
  readonly order: "unread-first" | "latest-first" | "steady";
  readonly enter: "send" | "newline";
  readonly notices: boolean;
  readonly sound: boolean;
  readonly preview: "all" | "name" | "nothing";
  readonly all_of_public: boolean;
  readonly strangers: boolean;
  readonly idle_lock: number;
}

export interface SessionEntry {
  readonly id: string;
  readonly name: string;
  readonly since: number;
  readonly last_used: number;
  readonly own: boolean;
}

export interface Offer {
  readonly label: string;
  readonly hint: string;
  readonly replacement: string;
  readonly person: Person | null;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly kind: "person" | "emoji";
  readonly offers: readonly Offer[];
}

export interface PasteChoices {
  readonly lines: number;
  readonly question: string;
  readonly choices: readonly { readonly choice: string; readonly text: string; readonly result: string }[];
}

export interface LinkView {
  readonly url: string;
  readonly host: string;
  readonly can_be_opened: boolean;
  readonly sentences: readonly string[];
  readonly inside: { readonly kind: "public" | "person" | "group" | "other" } | null;
}

export interface Found {
  readonly id: string;
  readonly chat: string;
  readonly title: string;
  readonly author: Person;
  readonly time: string;
  readonly pieces: readonly { readonly text: string; readonly match: boolean }[];
}

export interface Destination {
  readonly kind: ChatKind;
  readonly chat: string | null;
  readonly person: Person | null;
  readonly title: string;
  readonly badge: string;
}

export type PersonAction = "accept" | "dismiss" | "block" | "write" | "add" | "remove" | "name" | "unblock";

export interface PersonEntry {
  readonly person: Person;
  readonly states: readonly string[];
  readonly label: string;
  readonly warning: string;
  readonly claims: string;
  readonly actions: readonly PersonAction[];
}

export interface PeopleView {
  readonly requests: readonly PersonEntry[];
  readonly contacts: readonly PersonEntry[];
  readonly others: readonly PersonEntry[];
  readonly blocked: readonly PersonEntry[];
}

export type PersonView = PersonEntry & {
  readonly own: boolean;
  readonly chat: string | null;
  readonly link: string;
  /** How many messages of them are kept, which blocking deletes. */
  readonly messages: number;
};

export type GroupAction =
  | "join" | "decline" | "leave" | "rename" | "add" | "remove" | "promote" | "step-down" | "invitation-link"; // prettier-ignore

export interface GroupView {
  readonly title: string;
  readonly standing_text: string;
  readonly summary: string;
  readonly members: readonly {
    readonly person: Person;
    readonly role: string;
    readonly own: boolean;
    readonly actions: readonly GroupAction[];
  }[];
  readonly actions: readonly GroupAction[];
  readonly requests: readonly { readonly id: string; readonly person: Person; readonly text: string }[];
  readonly link: string | null;
  readonly qr: readonly string[] | null;
}

export interface DevicesView {
  readonly devices: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: "this" | "new" | "silent" | "syncing" | "up-to-date";
    readonly text: string;
    readonly here: readonly string[];
    readonly there: readonly string[];
    readonly this: boolean;
    readonly enabled: boolean;
  }[];
  readonly can_enable: boolean;
  readonly question: string;
  readonly stolen: readonly string[];
}

export interface NetworkPage {
  readonly status: string;
  readonly online: boolean;
  readonly trouble: readonly string[];
  readonly relays: readonly { readonly name: string; readonly state: string; readonly text: string }[];
  readonly mailservers: number;
  readonly waiting: number;
  readonly history: number | null;
}

export interface NoticeView {
  readonly kind: "message" | "mention" | "request" | "failure" | "warning";
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly rings: boolean;
  readonly chat: string | null;
  readonly message: string | null;
  readonly count: number;
}

export interface Warning {
  readonly text: string;
  readonly place: string;
  readonly chat: string | null;
}

export interface OwnView {
  readonly person: Person;
  readonly link: string;
  readonly qr: readonly string[];
  readonly due: boolean;
}

/** The calls of the page. */
export interface WalletAccountView {
  readonly address: string;
  readonly name: string;
  /** As #rrggbb. */
  readonly colour: string;
  /** Where its key comes from. */
  readonly detail: string;
  readonly can_sign: boolean;
  /** Whether it is the first one of the profile, which stays. */
  readonly first: boolean;
}

export interface WalletView {
  readonly accounts: readonly WalletAccountView[];
  readonly favourites: readonly { readonly address: string; readonly name: string }[];
  readonly note: string;
  readonly waiting: number;
}

/** Of which block the figures are, or why there are none: one of both is empty. */
export interface Standing {
  readonly standing: string;
  readonly problem: string;
}

export interface HoldingView {
  /** Address of the contract; empty for ether. */
  readonly token: string;
  readonly amount: string;
  readonly symbol: string;
  readonly name: string;
  /** Whether it was added here, and can be removed. */
  readonly own: boolean;
  readonly collectible: boolean;
}

export interface TransferView {
  readonly id: string;
  readonly sign: string;
  readonly title: string;
  readonly who: string;
  readonly moment: string;
  readonly failed: string;
}

export interface AccountView extends Standing {
  readonly account: WalletAccountView;
  readonly holdings: readonly HoldingView[];
  readonly silent: readonly string[];
  readonly transfers: readonly TransferView[];
  readonly qr: readonly string[];
}

export interface SentView {
  readonly hash: string;
  readonly words: string;
  readonly state: "waiting" | "mined" | "failed" | "replaced" | "dropped";
  readonly text: string;
  readonly moment: string;
  readonly waits: boolean;
}

/** What is asked before something is signed. */
export interface SigningQuestion {
  /** By which it is signed. */
  readonly draft: string;
  readonly what: string;
  readonly cost: string;
  readonly warnings: readonly string[];
  readonly phrase: string;
}

export interface NamesView {
  /** Why the chain cannot be asked; empty: it can. */
  readonly problem: string;
  readonly names: readonly { readonly name: string; readonly preferred: boolean }[];
  readonly changes: readonly { readonly title: string; readonly state: string; readonly moment: string }[];
}

export interface NameView {
  readonly name: string;
  readonly sentences: readonly string[];
  readonly problem: string;
  readonly actions: readonly { readonly action: string; readonly label: string }[];
  /** Whether it leads to us, and is none of our names here yet. */
  readonly can_add: boolean;
}

interface WebCalls {
  web_state: { params: {}; result: ServerState };
  web_profiles: { params: {}; result: readonly StoredProfile[] };
  web_unlock: { params: { profile: string; password?: string }; result: ServerState };
  web_password: { params: { password: string }; result: { fits: boolean; strength: "weak" | "fair" | "strong"; text: string } };
  web_candidates: { params: {}; result: readonly { number: number; person: Person }[] };
  web_create: { params: { name: string; password: string; candidate?: number }; result: ServerState };
  web_words: { params: { password: string }; result: { words: readonly string[] } };
  web_words_places: { params: {}; result: readonly number[] };
  web_words_confirm: { params: { words: Record<string, string> }; result: true };
  web_phrase: {
    params: { words: string };
    result: { problem: string; doubt: string; place: number | null; suggestions: readonly string[] };
  };
  web_word: { params: { beginning: string }; result: readonly string[] };
  web_recover: { params: { words: string; name: string; password: string; sure?: boolean }; result: ServerState };
  web_join: { params: { invitation: string }; result: { name: string; relays: number; mailservers: number } };
  web_own_network: { params: {}; result: OwnNetwork };
  web_network_make: { params: { name: string; host?: string }; result: OwnNetwork };
  web_network_start: { params: {}; result: OwnNetwork };
  web_network_stop: { params: {}; result: OwnNetwork };
  web_settings: { params: {}; result: Settings };
  web_set: { params: { name: string; value: string | number | boolean }; result: Settings };
  web_sessions: { params: {}; result: readonly SessionEntry[] };
  web_revoke: { params: { session_id: string }; result: true };
  web_lock: { params: {}; result: true };
  web_focus: { params: { focused: boolean }; result: unknown };
  web_chats: { params: { order?: string }; result: ChatsView };
  web_next_unread: { params: { chat?: string }; result: string | null };
  web_timeline: { params: { chat: string; around?: string; date?: string }; result: TimelineView };
  web_timeline_close: { params: {}; result: unknown };
  web_older: { params: {}; result: boolean };
  web_newer: { params: {}; result: boolean };
  web_hold: { params: { message: string | null }; result: unknown };
  web_end: { params: {}; result: TimelineView };
  web_go: { params: { message: string }; result: TimelineView };
  web_go_date: { params: { date: string }; result: TimelineView };
  web_fetch: { params: { days: number }; result: unknown };
  web_fetch_gap: { params: { lower: number }; result: unknown };
  web_send: { params: { chat: string; text: string; reply_to?: string | null }; result: { id: string } };
  web_complete: { params: { chat: string; text: string; cursor: number }; result: Completion | null };
  web_room: { params: { chat: string; text: string }; result: { left: number; text: string } };
  web_paste: { params: { text: string }; result: PasteChoices | null };
  web_explain: { params: { message: string }; result: { author: Person; state: string; sentences: readonly string[]; id: string } };
  web_raw: { params: { message: string }; result: { text: string; id: string } };
  web_legend: { params: {}; result: readonly Omit<Mark, "state">[] };
  web_reactions: { params: { message: string }; result: readonly { person: Person; emoji: string }[] };
  web_link: { params: { url: string; shown?: string }; result: LinkView };
  web_go_link: { params: { url: string }; result: { chat?: string; asked?: boolean } };
  web_search: { params: { query: string; chat?: string }; result: { results: readonly Found[] } };
  web_switch: { params: { query: string }; result: readonly Destination[] };
  web_people: { params: {}; result: PeopleView };
  web_person: { params: { person: string }; result: PersonView };
  web_own: { params: {}; result: OwnView };
  web_chat_link: { params: { chat: string }; result: { link: string; qr: readonly string[] } };
  web_qr: { params: { text: string }; result: { rows: readonly string[] } };
  web_group: { params: { chat: string }; result: GroupView };
  web_devices: { params: {}; result: DevicesView };
  web_withdraw: { params: { message: string }; result: boolean };
  web_outbox: { params: {}; result: { rows: readonly { message: MessageRow; chat: string; title: string }[]; more: number } };
  web_network: { params: {}; result: NetworkPage };
  web_wallet: { params: {}; result: WalletView };
  web_wallet_money: { params: {}; result: Standing & { ether: Readonly<Record<string, string>> } };
  web_wallet_account: { params: { account: string }; result: AccountView };
  web_wallet_search: { params: { account: string; older?: boolean }; result: true };
  web_wallet_collectibles: {
    params: { account: string; contract: string };
    result: { text: string; listed: readonly { number: string; title: string }[] };
  };
  web_wallet_token: { params: { address: string; remove?: boolean }; result: string };
  web_wallet_doubt: { params: { phrase: string }; result: string };
  web_wallet_add: { params: { kind: string; secret: string; password: string; name: string; colour: string }; result: WalletAccountView };
  web_wallet_removal: { params: { account: string }; result: string };
  web_wallet_sent: { params: {}; result: readonly SentView[] };
  web_wallet_ask: { params: {}; result: true };
  web_wallet_draft: { params: { account: string; to: string; amount: string; token?: string }; result: SigningQuestion };
  web_wallet_give: { params: { account: string; contract: string; number: string; to: string }; result: SigningQuestion };
  web_wallet_replace: { params: { transaction: string; cancel: boolean }; result: SigningQuestion };
  web_wallet_sign: { params: { draft: string; password: string }; result: string };
  web_names: { params: {}; result: NamesView };
  web_name: { params: { name: string }; result: NameView };
  web_name_draft: { params: { action: string; name: string; value?: string }; result: SigningQuestion };
  web_network_invitation: { params: {}; result: { link: string; qr: readonly string[] } | null };
}

export type AllCalls = Calls & WebCalls;

/** What the server says by itself. */
export interface Notifications {
  hello: { version: string; session: string; language: string; state: ServerState };
  state: ServerState;
  chats: ChatsChange;
  timeline: Patch;
  head: Head;
  network: NetworkPage;
  notice: NoticeView;
  notice_gone: { tag: string };
  warning: Warning;
  settings: Settings;
  /** Too much has happened at once: everything is to be asked for anew. */
  reset: {};
  /** The profile was closed, and all sessions with it; the window that asked has a new one. */
  locked: { secret?: string; session?: string };
  changed: { what: readonly string[] };
  event: { subscription: string; cursor: number | null; event: unknown };
}
