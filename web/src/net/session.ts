// The session of this tab: begun by the code in the address, kept for the tab alone, sent with every request.
import type { AllCalls } from "../contract";
import { CallError, LostError } from "./errors";

const SECRET = "secret";

/** The secret of the session; null: there is none. */
export const secret = (): string | null => sessionStorage.getItem(SECRET);

/** Use another session from now on. */
export const use = (next: string): void => sessionStorage.setItem(SECRET, next);

/** Forget the session. */
export const forget = (): void => sessionStorage.removeItem(SECRET);

/** Take the code out of the address, where nobody sees it any more; empty: there is none. */
export function takeCode(): string {
  const found = /^#code=([0-9a-f]+)$/i.exec(location.hash);
  if (found) history.replaceState(null, "", location.pathname);
  return found?.[1] ?? "";
}

/** Begin a session with a code.
 * @throws CallError the code is not taken, and why. */
export async function begin(code: string): Promise<void> {
  const body = JSON.stringify({ code, name: browserName() });
  const answer = await reach("/session", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const said = (await answer.json()) as { secret: string };
  sessionStorage.setItem(SECRET, said.secret);
}

/** Ask the server what is too large for the socket.
 * @throws CallError it says why not. */
export async function post<M extends keyof AllCalls>(method: M, params: AllCalls[M]["params"]): Promise<AllCalls[M]["result"]> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await reach("/rpc", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const said = await answer.json();
  if (said.error) throw CallError.of(said.error);
  return said.result;
}

/** Bytes of the server, with their type.
 * @throws CallError there are none. */
export const load = async (path: string): Promise<Blob> => (await reach(path, {})).blob();

async function reach(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
  const known = secret();
  const headers = { ...init.headers, ...(known ? { Authorization: `Bearer ${known}` } : {}) };
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch {
    throw new LostError();
  }
  if (answer.ok) return answer;
  const said = (await answer.json().catch(() => ({}))) as { error?: string | { message: string }; kind?: string };
  const message = typeof said.error === "string" ? said.error : said.error?.message;
  throw new CallError(message ?? `${answer.status} ${answer.statusText}`, said.kind);
}

/** What this browser is called in the list of sessions. */
function browserName(): string {
  const agent = navigator.userAgent;
  const found = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1] ?? "Browser";
  return { Edg: "Edge", OPR: "Opera" }[found] ?? found;
}
