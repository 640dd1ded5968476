// The windows that open from everywhere. The larger ones are loaded when they are opened first.
import { attempt } from "../store/said";
import { showDialog } from "./dialog";

export const showNewChat = (): void => void attempt(async () => showDialog((await import("./new_chat_window")).NewChatWindow));
export const showPeople = (): void => void attempt(async () => showDialog((await import("./people_window")).PeopleWindow));
export const showDevices = (): void => void attempt(async () => showDialog((await import("./devices_window")).DevicesWindow));
export const showWallet = (): void => void attempt(async () => showDialog((await import("./wallet_window")).WalletWindow));
export const showNames = (): void => void attempt(async () => showDialog((await import("./names_window")).NamesWindow));
export const showNetwork = (): void => void attempt(async () => showDialog((await import("./network_window")).NetworkWindow));
export const showSettings = (): void => void attempt(async () => showDialog((await import("./settings_window")).SettingsWindow));
export const showKeys = (): void => void attempt(async () => showDialog((await import("./keys_window")).KeysWindow));
export const showOwn = (): void => void attempt(async () => showDialog((await import("./own_window")).OwnWindow));
export const showWords = (): void => void attempt(async () => showDialog((await import("./words_window")).WordsWindow));
export const showMakeNetwork = (): void => void attempt(async () => showDialog((await import("./own_network_window")).MakeNetworkWindow));
export const showOwnNetwork = (): void => void attempt(async () => showDialog((await import("./own_network_window")).OwnNetworkWindow));
