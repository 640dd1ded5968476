// Made by tools/web.py of docs/openrpc.json.

/** A whole number; one above 2^53 is a string of digits. */
export type Int = number | string;

export interface AddedToGroup {
  chat: Chat;
  by: string;
}

export interface Address {
  address: string;
}

export interface Announcement {
  message_id: string;
  author: string;
  clock: Int;
  received_ms: Int;
  transaction_hash: string;
  signature: string;
  state: 1 | 2 | 3 | 4;
  command_id?: string | null;
  forward_secrecy?: boolean;
  problem?: string;
  answers?: Int;
  due?: number;
}

export interface AnnouncementChanged {
  announcement: Announcement;
}

export interface Attachment {
  message_id: string;
  chat_id: string;
  content_type: Int;
  type: Int;
  size: Int;
  width?: Int;
  height?: Int;
  frames?: Int;
  duration_ms?: Int;
  problem?: string;
}

export interface Audio {
  data: string;
  type: 0 | 1 | 2;
  duration_ms: Int;
}

export interface BrowserLink {
  page: string;
}

export interface Chat {
  id: string;
  kind: 1 | 2 | 3 | 4 | 5;
  active?: boolean;
  last_clock?: Int;
  unread?: Int;
  updated_ms?: Int;
  name?: string;
  muted?: boolean;
  mentions?: Int;
  cleared_clock?: Int;
  pinned?: boolean;
  archived?: boolean;
}

export interface ChatChanged {
  chat: Chat;
}

export interface ChatCleared {
  chat: Chat;
}

export interface ChatLeft {
  chat: Chat;
}

export interface ChatLink {
  person: string;
}

export interface ChatOpened {
  chat: Chat;
}

export interface ClockAgrees {
}

export interface ClockSuspected {
  offset: Int;
  peers: Int;
  sentence: string;
  servers?: Int;
  relays_are_wrong?: boolean;
  advice?: string;
}

export interface Collectible {
  contract: string;
  number: Int;
  described_at: string;
}

export interface Collection {
  contract: string;
  count: Int;
  listed: (Collectible)[];
}

export interface ConnectedRelay {
  node_id: string;
  address: string;
  software: string;
  inbound: boolean;
  is_mailserver: boolean;
  found_by: string;
}

export interface Contact {
  key: string;
  added?: boolean;
  has_added_us?: boolean;
  blocked?: boolean;
  dismissed?: boolean;
  nickname?: string;
  ens_name?: string;
  ens_verified?: boolean;
  ens_checked_s?: Int;
  ens_retries?: Int;
  ens_clock?: Int;
  last_updated?: Int;
  updated_s?: Int;
  cleared_clock?: Int;
  has_picture?: boolean;
}

export interface ContactChanged {
  contact: Contact;
}

export interface ContactRequested {
  contact: Contact;
}

export interface CopySuspected {
  witness: string;
}

export interface Delivery {
  delivered: Int;
  members: Int;
}

export interface Device {
  installation_id: string;
  name: string;
  device_type: string;
  enabled: boolean;
  last_active: number | null;
}

export interface DeviceFound {
  installation_id: string;
}

export interface DeviceNamed {
  installation_id: string;
  name: string;
  device_type: string;
}

export interface DeviceRenewed {
  installation_id: string;
  reason: "asked" | "restored" | "copied" | "used-elsewhere";
}

export interface DeviceSynced {
  installation_id: string;
}

export interface DiscoveryStarted {
  topics: (string)[];
}

export interface DiscoveryStopped {
  satisfied: boolean;
}

export interface Draft {
  text: string;
  response_to?: string | null;
}

export interface EnsName {
  name: string;
  chain_id: Int;
  owner: string | null;
  resolver?: string | null;
  address?: string | null;
  chat_key?: string | null;
  content?: string;
  is_ours?: boolean;
  problems?: (string)[];
}

export interface Favourite {
  address: string;
  name: string;
}

export interface GroupChanged {
  chat: Chat;
  news: (Message)[];
}

export interface GroupEvent {
  type: Int;
  author: string;
  clock: Int;
  members: (string)[];
  name: string;
  raw: string;
}

export interface GroupLink {
  admin: string;
  name: string;
  chat_id: string;
}

export interface GroupMember {
  person: string;
  has_joined: boolean;
  is_admin: boolean;
}

export interface GroupMessageDelivered {
  message_id: string;
  member: string;
  delivery: Delivery;
}

export interface GroupState {
  members: (GroupMember)[];
  events: (GroupEvent)[];
}

export interface HistoryProgress {
  missing: Int;
  total: Int;
  envelopes: Int;
  problem?: string | null;
  lacking?: Int;
}

export interface Holding {
  account: string;
  amount: Int;
  token?: Token | null;
}

export interface Image {
  data: string;
  type: 0 | 1 | 2 | 3 | 4;
  width: Int;
  height: Int;
  frames?: Int;
}

export interface JoinRequest {
  id: string;
  chat_id: string;
  person: string;
  admin: string;
  introduction: string;
  name: string;
  clock: Int;
  state: 0 | 1 | 2 | 3;
}

export interface JoinRequestRejected {
  request: JoinRequest;
}

export interface JoinRequested {
  request: JoinRequest;
  chat: Chat;
}

export interface ListenedChannel {
  name: string;
  kind: "public" | "contact code" | "partitioned" | "personal discovery" | "negotiated";
  topic: string;
  peer: string | null;
}

export interface Meaning {
  kind: "ether" | "token" | "collectible" | "approve" | "approve-and-call" | "call" | "contract" | "cancel";
  recipient?: string | null;
  amount?: Int | null;
  contract?: string | null;
  token?: Token | null;
  is_unlimited?: boolean;
}

export interface Mentionable {
  key: string;
  name: string;
  second?: string;
}

export interface Message {
  id: string;
  chat_id: string;
  author: string;
  clock: Int;
  sent_ms: Int;
  received_ms: Int;
  content_type: Int;
  text: string;
  payload: string;
  response_to?: string | null;
  state?: 1 | 2 | 3 | 4 | 5 | 6 | 7 | null;
  forward_secrecy?: boolean;
}

export interface MessageDeleted {
  message_id: string;
  chat_id: string;
  withdrawn?: boolean;
}

export interface MessagePosted {
  message: Message;
  chat: Chat;
}

export interface MessageReceived {
  message: Message;
  chat: Chat;
  is_late?: boolean;
}

export interface MessageStateChanged {
  message_id: string;
  state: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  reason?: string;
}

export interface MessageSynced {
  message: Message;
  chat: Chat;
}

export interface MessageUndecryptable {
  sender: string;
  reason: string;
  installation_id?: string;
  count?: Int;
}

export interface NameChange {
  action: "register" | "connect" | "set_address" | "set_content" | "take_over" | "release" | "reserve_slash" | "slash";
  name: string;
  value: string;
  transaction: SentTransaction;
}

export interface NameDraft {
  action: "register" | "connect" | "set_address" | "set_content" | "take_over" | "release" | "reserve_slash" | "slash";
  name: string;
  transaction: TransactionDraft;
  value?: string;
  price?: Int;
  token?: string;
  symbol?: string;
  decimals?: Int;
}

export interface NameOffer {
  name: string;
  chain_id: Int;
  state: "free" | "owned" | "connected" | "other_key" | "taken" | "refused";
  problem?: string;
  price?: Int;
  token?: string;
  symbol?: string;
  decimals?: Int;
  balance?: Int;
  owner?: string | null;
  releasable?: Int | null;
}

export interface NetworkState {
  relays: (ConnectedRelay)[];
  wanted: Int;
  has_mailserver: boolean;
  lists_problem?: string;
  proxy?: string;
  endpoint?: string;
  registry?: string;
  gateway?: string;
  sticker_market?: string;
  prices?: string;
  clock?: ClockSuspected | TimeServersHeard | null;
}

export interface OwnName {
  name: string;
  chain_id: Int;
  is_preferred?: boolean;
}

export interface OwnNamesChanged {
  names: (OwnName)[];
}

export interface PaymentRequest {
  uri: string;
}

export interface PeerConnected {
  node_id: string;
}

export interface PeerDialled {
  node_id: string;
  address: string;
}

export interface PeerDisconnected {
  node_id: string;
  reason: string;
}

export interface PeerUnreachable {
  node_id: string;
  address: string;
  reason: string;
}

export interface ProfileChanged {
  profile: SharedProfile;
}

export interface PublicChatLink {
  name: string;
}

export interface Reaction {
  chat_id: string;
  message_id: string;
  author: string;
  type: Int;
  clock: Int;
  retracted?: boolean;
}

export interface ReactionCount {
  type: Int;
  count: Int;
  own: boolean;
}

export interface ReactionPosted {
  reaction: Reaction;
  chat: Chat;
}

export interface ReactionReceived {
  reaction: Reaction;
  chat: Chat;
}

export interface ReferralLink {
  code: string;
}

export interface SearchResult {
  message: Message;
  snippet: string;
  matches: ([Int, Int])[];
}

export interface SentTransaction {
  hash: string;
  draft_id: string;
  chain_id: Int;
  sender: string;
  to: string | null;
  value: Int;
  data: string;
  nonce: Int;
  gas: Int;
  max_fee_per_gas: Int;
  tip: Int | null;
  sent_at: number;
  words: string;
  state?: "waiting" | "mined" | "failed" | "replaced" | "dropped";
  block_number?: Int | null;
  replaces?: string | null;
}

export interface SentTransactionChanged {
  transaction: SentTransaction;
}

export interface SharedProfile {
  ens_name?: string;
  picture?: string;
  clock?: Int;
}

export interface ShownName {
  key: string;
  name: string;
  kind: "nickname" | "ens" | "alias";
  second?: string;
  shared?: boolean;
}

export interface Sticker {
  hash: string;
  pack: Int;
}

export interface StickerOffer {
  chain_id: Int;
  number: Int;
  price: Int;
  token: string;
  symbol: string;
  decimals: Int;
  is_sold: boolean;
  is_owned: boolean;
  is_installed: boolean;
  name?: string;
  author?: string;
  thumbnail?: string;
  preview?: string;
  stickers?: (string)[];
  problem?: string;
}

export interface StickerOffers {
  count: Int;
  packs: (StickerOffer)[];
}

export interface StickerPack {
  chain_id: Int;
  number: Int;
  name: string;
  author: string;
  thumbnail: string;
  preview: string;
  stickers: (string)[];
}

export interface StickerPacksChanged {
  packs: (StickerPack)[];
}

export interface StickerPicture {
  hash: string;
  data: string;
  type: 0 | 1 | 2 | 3 | 4;
  width: Int;
  height: Int;
  frames?: Int;
}

export interface SyncProgress {
  installation_id: string;
  waiting?: Int;
  arrived?: Int;
  unanswered?: Int;
  refused?: Int;
}

export interface SyncQueued {
  devices?: Int;
  contacts?: Int;
  public_chats?: Int;
  groups?: Int;
  chats?: Int;
}

export interface TimeRange {
  lower: Int;
  upper: Int;
}

export interface TimeServersHeard {
  offset: Int;
  servers: Int;
  used: boolean;
  sentence: string;
  advice: string;
}

export interface Token {
  chain_id: Int;
  address: string;
  symbol: string;
  name: string;
  decimals: Int;
  is_nft?: boolean;
  hidden?: boolean;
  is_own?: boolean;
}

export interface TokenPrice {
  symbol: string;
  contract: string | null;
  currency: string;
  price: string;
  change?: string;
}

export interface Transaction {
  message_id: string;
  command_id: string;
  chat_id: string;
  author: string;
  clock: Int;
  state: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  value?: Int | null;
  contract?: string;
  address?: string;
  from_address?: string;
  transaction_hash?: string;
  signature?: string;
  replaces?: string | null;
  replaced?: boolean;
  as_asked?: boolean | null;
}

export interface TransactionDraft {
  id: string;
  chain_id: Int;
  sender: string;
  to: string | null;
  value: Int;
  data: string;
  nonce: Int;
  gas: Int;
  max_fee_per_gas: Int;
  tip: Int | null;
  balance: Int;
  meaning: Meaning;
  words: string;
  warnings?: (string)[];
  signing_phrase?: string;
  replaces?: string | null;
}

export interface Transfer {
  id: string;
  account: string;
  asset: "eth" | "erc20" | "erc721";
  sender: string;
  recipient: string | null;
  amount: Int | null;
  contract: string | null;
  block_number: Int;
  block_hash: string;
  timestamp: Int;
  transaction_hash: string;
  succeeded: boolean;
  nonce: Int | null;
  gas_used: Int;
  gas_price: Int;
}

export interface UnknownPayload {
  id: string;
  type: Int;
  author: string;
  chat_id: string;
  size: Int;
  sent_ms: Int;
  received_ms: Int;
  is_kept?: boolean;
}

export interface UnknownPayloadReceived {
  payload: UnknownPayload;
}

export interface UserLink {
  person: string;
}

export interface WalletAccount {
  address: string;
  kind: "derived" | "phrase" | "key" | "watched";
  name: string;
  colour?: string;
  path?: string;
}

export interface WalletBalances {
  chain_id: Int;
  block_number: Int;
  holdings: (Holding)[];
  silent?: (string)[];
}

export interface WalletChanged {
}

/** What happens; `event` is its name. */
export type ClientEvent =
  | ({ event: "AddedToGroup" } & AddedToGroup)
  | ({ event: "AnnouncementChanged" } & AnnouncementChanged)
  | ({ event: "ChatChanged" } & ChatChanged)
  | ({ event: "ChatCleared" } & ChatCleared)
  | ({ event: "ChatLeft" } & ChatLeft)
  | ({ event: "ChatOpened" } & ChatOpened)
  | ({ event: "ClockAgrees" } & ClockAgrees)
  | ({ event: "ClockSuspected" } & ClockSuspected)
  | ({ event: "ContactChanged" } & ContactChanged)
  | ({ event: "ContactRequested" } & ContactRequested)
  | ({ event: "CopySuspected" } & CopySuspected)
  | ({ event: "DeviceFound" } & DeviceFound)
  | ({ event: "DeviceNamed" } & DeviceNamed)
  | ({ event: "DeviceRenewed" } & DeviceRenewed)
  | ({ event: "DeviceSynced" } & DeviceSynced)
  | ({ event: "DiscoveryStarted" } & DiscoveryStarted)
  | ({ event: "DiscoveryStopped" } & DiscoveryStopped)
  | ({ event: "GroupChanged" } & GroupChanged)
  | ({ event: "GroupMessageDelivered" } & GroupMessageDelivered)
  | ({ event: "HistoryProgress" } & HistoryProgress)
  | ({ event: "JoinRequestRejected" } & JoinRequestRejected)
  | ({ event: "JoinRequested" } & JoinRequested)
  | ({ event: "MessageDeleted" } & MessageDeleted)
  | ({ event: "MessagePosted" } & MessagePosted)
  | ({ event: "MessageReceived" } & MessageReceived)
  | ({ event: "MessageStateChanged" } & MessageStateChanged)
  | ({ event: "MessageSynced" } & MessageSynced)
  | ({ event: "MessageUndecryptable" } & MessageUndecryptable)
  | ({ event: "OwnNamesChanged" } & OwnNamesChanged)
  | ({ event: "PeerConnected" } & PeerConnected)
  | ({ event: "PeerDialled" } & PeerDialled)
  | ({ event: "PeerDisconnected" } & PeerDisconnected)
  | ({ event: "PeerUnreachable" } & PeerUnreachable)
  | ({ event: "ProfileChanged" } & ProfileChanged)
  | ({ event: "ReactionPosted" } & ReactionPosted)
  | ({ event: "ReactionReceived" } & ReactionReceived)
  | ({ event: "SentTransactionChanged" } & SentTransactionChanged)
  | ({ event: "StickerPacksChanged" } & StickerPacksChanged)
  | ({ event: "TimeServersHeard" } & TimeServersHeard)
  | ({ event: "UnknownPayloadReceived" } & UnknownPayloadReceived)
  | ({ event: "WalletChanged" } & WalletChanged);

/** The calls: what each is given, and what it returns. */
export interface Calls {
  backup_confirm: { params: { words: Record<string, string> }; result: null };
  backup_is_due: { params: {  }; result: boolean };
  backup_places: { params: {  }; result: (Int)[] };
  client_answer: { params: { message: string; text: string }; result: Message };
  client_channels: { params: {  }; result: (ListenedChannel)[] };
  client_chat: { params: { chat_id: string }; result: Chat | null };
  client_chat_key: { params: {  }; result: string };
  client_chats: { params: {  }; result: (Chat)[] };
  client_cursor: { params: {  }; result: Int };
  client_fetch_history: { params: { chat?: string | null; days?: number | null }; result: null };
  client_fetch_topics: { params: { topics: (string)[]; since: number }; result: null };
  client_find_chat: { params: { chat: string }; result: Chat };
  client_find_message: { params: { beginning: string }; result: Message };
  client_history: { params: { chat: string; limit?: Int; before?: unknown; after?: unknown; around?: unknown }; result: (Message)[] };
  client_history_gaps: { params: { chat?: string | null }; result: (TimeRange)[] };
  client_history_until: { params: {  }; result: Int };
  client_join: { params: { name: string }; result: Chat };
  client_leave: { params: { chat: string }; result: Chat };
  client_mark_read: { params: { chat: string; messages?: Int | null }; result: Chat };
  client_message: { params: { message_id: string }; result: Message | null };
  client_name: { params: {  }; result: string };
  client_network: { params: {  }; result: NetworkState };
  client_now: { params: {  }; result: number };
  client_open_chat: { params: { person: string }; result: Chat };
  client_public_key: { params: {  }; result: string };
  client_resend: { params: { message: string }; result: Message };
  client_send_text: { params: { chat: string; text: string; reply_to?: string | null; ens_name?: string | null }; result: Message };
  client_use_mailservers: { params: { mailservers: (string)[] }; result: null };
  client_wait_for_mailserver: { params: { timeout?: number | null }; result: null };
  client_wait_for_peer: { params: { timeout?: number | null }; result: null };
  client_withdraw: { params: { message: string }; result: Message };
  contacts_add: { params: { person: string; nickname?: string | null }; result: Contact };
  contacts_all: { params: {  }; result: (Contact)[] };
  contacts_block: { params: { person: string }; result: Contact };
  contacts_count_messages: { params: { person: string }; result: Int };
  contacts_dismiss: { params: { person: string }; result: Contact };
  contacts_get: { params: { person: string }; result: Contact };
  contacts_introduce: { params: { person: string }; result: Contact };
  contacts_picture: { params: { person: string }; result: Image | null };
  contacts_remove: { params: { person: string }; result: Contact };
  contacts_requests: { params: {  }; result: (Contact)[] };
  contacts_set_nickname: { params: { person: string; nickname: string }; result: Contact };
  contacts_unblock: { params: { person: string }; result: Contact };
  conversations_clear: { params: { chat: string }; result: Chat };
  conversations_delete: { params: { chat: string }; result: Chat };
  conversations_delete_message: { params: { message: string }; result: Message };
  conversations_draft: { params: { chat: string }; result: Draft | null };
  conversations_drafted_chats: { params: {  }; result: (string)[] };
  conversations_export: { params: { chat: string; path: string; format?: string; media?: boolean }; result: string };
  conversations_first_unread: { params: { chat: string }; result: Message | null };
  conversations_last_messages: { params: { chats: (string)[] }; result: Record<string, Message> };
  conversations_mark_read: { params: { chat: string; messages?: Int | null }; result: Chat };
  conversations_mark_seen: { params: { chat: string; messages: (string)[] }; result: Int };
  conversations_mark_unread: { params: { chat: string; messages?: Int }; result: Chat };
  conversations_messages: { params: { message_ids: (string)[] }; result: Record<string, Message> };
  conversations_set_archived: { params: { chat: string; archived?: boolean }; result: Chat };
  conversations_set_draft: { params: { chat: string; text: string; reply_to?: string | null }; result: Draft | null };
  conversations_set_muted: { params: { chat: string; muted?: boolean }; result: Chat };
  conversations_set_pinned: { params: { chat: string; pinned?: boolean }; result: Chat };
  conversations_unsent: { params: { limit?: Int; before?: unknown }; result: (Message)[] };
  conversations_unsent_ids: { params: { limit?: Int }; result: (string)[] };
  devices_all: { params: {  }; result: (Device)[] };
  devices_pair: { params: { name?: string | null }; result: null };
  devices_progress: { params: {  }; result: (SyncProgress)[] };
  devices_rename: { params: { name: string }; result: null };
  devices_set_enabled: { params: { installation_id: string; enabled: boolean }; result: null };
  devices_sync_all: { params: {  }; result: SyncQueued };
  groups_add: { params: { group: string; members: (string)[] }; result: Chat };
  groups_approve: { params: { request: string }; result: Chat };
  groups_create: { params: { name: string; members?: (string)[] }; result: Chat };
  groups_decline: { params: { group: string }; result: Chat };
  groups_delivery: { params: { message: string }; result: Delivery };
  groups_invitation_link: { params: { group: string }; result: string };
  groups_join: { params: { group: string }; result: Chat };
  groups_leave: { params: { group: string }; result: Chat };
  groups_members: { params: { group: string }; result: (GroupMember)[] };
  groups_missing: { params: { message: string }; result: (string)[] };
  groups_promote: { params: { group: string; members: (string)[] }; result: Chat };
  groups_reject: { params: { request: string }; result: JoinRequest };
  groups_remove: { params: { group: string; member: string }; result: Chat };
  groups_rename: { params: { group: string; name: string }; result: Chat };
  groups_request_to_join: { params: { link: string; introduction?: string }; result: JoinRequest };
  groups_requests: { params: { group?: string | null }; result: (JoinRequest)[] };
  groups_states: { params: { groups: (string)[] }; result: Record<string, GroupState> };
  groups_step_down: { params: { group: string }; result: Chat };
  links_open: { params: { link: string; introduction?: string }; result: Chat | JoinRequest };
  links_own: { params: {  }; result: UserLink };
  links_read: { params: { picture: { path: string } | { base64: string } | { upload: string } }; result: (PublicChatLink | UserLink | ChatLink | GroupLink | BrowserLink | ReferralLink | PaymentRequest | Address)[] };
  links_to: { params: { chat: string }; result: PublicChatLink | UserLink | ChatLink | GroupLink | BrowserLink | ReferralLink | PaymentRequest | Address };
  media_about: { params: { message: string }; result: Attachment | null };
  media_of: { params: { message: string }; result: Image | Audio | Sticker | null };
  media_save: { params: { message: string; path: string; overwrite?: boolean }; result: string };
  media_send_audio: { params: { chat: string; sound: { path: string } | { base64: string } | { upload: string }; text?: string | null; reply_to?: string | null }; result: Message };
  media_send_image: { params: { chat: string; picture: { path: string } | { base64: string } | { upload: string }; text?: string | null; reply_to?: string | null }; result: Message };
  media_send_sticker: { params: { chat: string; content_hash: string; pack: Int; reply_to?: string | null; text?: string | null }; result: Message };
  mentions_complete: { params: { chat: string; beginning: string; limit?: Int }; result: (Mentionable)[] };
  mentions_people: { params: { chat: string }; result: (Mentionable)[] };
  mentions_typed: { params: { chat: string; text: string }; result: string };
  names_add: { params: { name: string }; result: OwnName };
  names_called: { params: { name: string }; result: (string)[] };
  names_changes: { params: {  }; result: (NameChange)[] };
  names_check: { params: {  }; result: (NameChange)[] };
  names_connect: { params: { name: string; account?: string | null }; result: NameDraft };
  names_of: { params: { person: string }; result: ShownName };
  names_of_messages: { params: { messages: (string)[] }; result: Record<string, ShownName> };
  names_of_people: { params: { people: (string)[] }; result: Record<string, ShownName> };
  names_own: { params: {  }; result: (OwnName)[] };
  names_prefer: { params: { name: string }; result: null };
  names_register: { params: { name: string; account?: string | null }; result: NameDraft };
  names_release: { params: { name: string; account?: string | null }; result: NameDraft };
  names_remove: { params: { name: string }; result: null };
  names_reserve_slash: { params: { username: string; account?: string | null }; result: NameDraft };
  names_resolve: { params: { name: string }; result: EnsName };
  names_reverse: { params: { address: string }; result: string | null };
  names_search: { params: { name: string; account?: string | null }; result: NameOffer };
  names_send: { params: { draft: NameDraft; password: string }; result: NameChange };
  names_set_address: { params: { name: string; address: string; account?: string | null }; result: NameDraft };
  names_set_content: { params: { name: string; content: string; account?: string | null }; result: NameDraft };
  names_slash: { params: { username: string; account?: string | null }; result: NameDraft };
  names_take_over: { params: { name: string; account?: string | null }; result: NameDraft };
  our_profile_get: { params: {  }; result: SharedProfile };
  our_profile_set_name: { params: { ens_name: string }; result: SharedProfile };
  our_profile_set_picture: { params: { picture: unknown }; result: SharedProfile };
  our_profile_sign: { params: { text: string }; result: string };
  reactions_add: { params: { message: string; reaction: 0 | 1 | 2 | 3 | 4 | 5 | 6 | Int | string }; result: Reaction };
  reactions_by: { params: { message: string }; result: (Reaction)[] };
  reactions_by_all: { params: { messages: (string)[] }; result: Record<string, (Reaction)[]> };
  reactions_find_own: { params: { reaction_id: string }; result: Reaction | null };
  reactions_of: { params: { message: string }; result: (ReactionCount)[] };
  reactions_of_all: { params: { messages: (string)[] }; result: Record<string, (ReactionCount)[]> };
  reactions_retract: { params: { message: string; reaction: 0 | 1 | 2 | 3 | 4 | 5 | 6 | Int | string }; result: Reaction };
  reactions_toggle: { params: { message: string; reaction: 0 | 1 | 2 | 3 | 4 | 5 | 6 | Int | string }; result: Reaction };
  search_authors: { params: { beginning: string; limit?: Int }; result: (string)[] };
  search_find: { params: { words: string; chat?: string | null; author?: string | null; since?: string | null; until?: string | null; limit?: Int; before?: unknown; content_type?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | Int | null }; result: (SearchResult)[] };
  stickers_draft_buy: { params: { pack: Int; account?: string | null }; result: TransactionDraft };
  stickers_install: { params: { pack: Int; account?: string | null }; result: StickerPack };
  stickers_market: { params: { first?: Int; count?: Int; account?: string | null }; result: StickerOffers };
  stickers_packs: { params: {  }; result: (StickerPack)[] };
  stickers_picture: { params: { content_hash: string }; result: StickerPicture };
  stickers_recent: { params: {  }; result: (Sticker)[] };
  stickers_send: { params: { chat: string; pack: Int; position: Int; reply_to?: string | null; chain_id?: Int | null }; result: Message };
  stickers_uninstall: { params: { pack: Int; chain_id?: Int | null }; result: StickerPack };
  timeline_follow: { params: { person: string }; result: Chat };
  timeline_page: { params: { limit?: Int; before?: unknown }; result: (Message)[] };
  timeline_post: { params: { text: string }; result: Message };
  timeline_unfollow: { params: { person: string }; result: Chat };
  transactions_accept: { params: { request: string; address?: string | null }; result: Transaction };
  transactions_all: { params: { chat?: string | null }; result: (Transaction)[] };
  transactions_announce: { params: { to: string; transaction_hash: string; signature?: string | null; value?: Int | null; contract?: string; address?: string }; result: Transaction };
  transactions_announcements: { params: { chat?: string | null }; result: (Announcement)[] };
  transactions_decline: { params: { request: string }; result: Transaction };
  transactions_get: { params: { message: string }; result: Transaction | null };
  transactions_request_address: { params: { chat: string; value: Int; contract?: string }; result: Transaction };
  transactions_request_payment: { params: { chat: string; value: Int; contract?: string; address?: string | null }; result: Transaction };
  transactions_steps: { params: { transaction: string }; result: (Transaction)[] };
  unknown_payloads_all: { params: { chat?: string | null }; result: (UnknownPayload)[] };
  unknown_payloads_contents: { params: { payload: string }; result: string | null };
  wallet_account: { params: { account: string }; result: WalletAccount };
  wallet_accounts: { params: {  }; result: (WalletAccount)[] };
  wallet_add: { params: { account: WalletAccount }; result: WalletAccount };
  wallet_add_token: { params: { address: string }; result: Token };
  wallet_balances: { params: { account?: string | null; tokens?: (string)[] }; result: WalletBalances };
  wallet_chain_id: { params: {  }; result: Int };
  wallet_change: { params: { account: string; name?: string | null; colour?: string | null }; result: WalletAccount };
  wallet_collectibles: { params: { account: string; contract: string }; result: Collection };
  wallet_draft: { params: { account: string; to: string; value: Int; token?: string }; result: TransactionDraft };
  wallet_draft_call: { params: { account: string; to: string; data: string; value?: Int }; result: TransactionDraft };
  wallet_draft_cancel: { params: { transaction_hash: string }; result: TransactionDraft };
  wallet_draft_collectible: { params: { account: string; to: string; contract: string; number: Int }; result: TransactionDraft };
  wallet_draft_speed_up: { params: { transaction_hash: string }; result: TransactionDraft };
  wallet_favourites: { params: {  }; result: (Favourite)[] };
  wallet_history: { params: { account: string; chain_id: Int; limit?: Int; before?: Transfer | null }; result: (Transfer)[] };
  wallet_look_up_token: { params: { address: string }; result: Token };
  wallet_next_index: { params: {  }; result: Int };
  wallet_prices: { params: { currency: string }; result: (TokenPrice)[] };
  wallet_remove: { params: { account: string }; result: WalletAccount };
  wallet_remove_favourite: { params: { address: string }; result: Favourite };
  wallet_remove_token: { params: { address: string; chain_id: Int }; result: Token };
  wallet_save_favourite: { params: { address: string; name: string }; result: Favourite };
  wallet_send: { params: { draft: TransactionDraft; password: string }; result: SentTransaction };
  wallet_sent: { params: { chain_id?: Int | null; waiting?: boolean }; result: (SentTransaction)[] };
  wallet_signing_phrase: { params: {  }; result: string };
  wallet_submit: { params: { draft: TransactionDraft; signature: string }; result: SentTransaction | TransactionDraft };
  wallet_tokens: { params: { chain_id: Int }; result: (Token)[] };
  wallet_update_history: { params: { account: string; older?: boolean }; result: Int };
  wallet_update_sent: { params: {  }; result: (SentTransaction)[] };
  wallet_watch: { params: { address: string; name?: string; colour?: string }; result: WalletAccount };
  events_page: { params: { after: Int; limit?: Int }; result: Record<string, unknown> };
  events_subscribe: { params: { after?: Int }; result: string };
  events_unsubscribe: { params: { id: string }; result: boolean };
}
