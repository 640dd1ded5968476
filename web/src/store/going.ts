// Where somebody goes from a message: to a link, a person, a public chat.
import { showLink } from "../view/link_window";
import { showPerson } from "../view/person_window";
import { call } from "./client";
import { attempt } from "./said";
import { open } from "./timeline";

/** Ask the server where a link leads, and show it. */
export function openLink(url: string): void {
  void attempt(async () => showLink(await call("web_link", { url })));
}

/** Who somebody is. */
export const openPerson = (person: string): void => showPerson(person);

/** Join a public chat, and show it. */
export function openTag(name: string): void {
  void attempt(async () => open((await call("client_join", { name })).id));
}

/** The chat with somebody. */
export async function writeTo(person: string): Promise<void> {
  const chat = await call("client_open_chat", { person });
  await open(chat.id);
}
