import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { table } from "../generated/en";
import { useTable } from "../texts";
import { Connection, link } from "./connection";
import { CallError, LostError } from "./errors";

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 1;
  readonly sent: { id?: number; method?: string; secret?: string }[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  says(value: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(value) }));
  }

  ends(code: number): void {
    const event = new Event("close");
    Object.assign(event, { code });
    this.dispatchEvent(event);
  }
}

const last = (): FakeSocket => FakeSocket.made.at(-1) as FakeSocket;
let secret: string | null = "s3cret";
const heard: string[] = [];

function connected(): Connection {
  const connection = new Connection(() => secret, () => "en", { warning: ({ text }) => heard.push(text) });
  connection.open();
  last().dispatchEvent(new Event("open"));
  last().says({ method: "hello", params: {} });
  return connection;
}

beforeEach(() => {
  useTable("en", table);
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.made = [];
  heard.length = 0;
  secret = "s3cret";
  link.value = "connecting";
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the secret goes first, and only inside", () => {
  connected();
  expect(last().url).not.toContain("s3cret");
  expect(last().sent).toEqual([{ secret: "s3cret", language: "en" }]);
  expect(link.value).toBe("ready");
});

test("answers go to their calls, in whatever order and together", async () => {
  const connection = connected();
  const calls = [connection.call("web_state", {}), connection.call("client_name", {}), connection.call("client_now", {})];
  const [one, two, three] = last().sent.slice(1).map((sent) => sent.id);
  last().says([{ id: three, result: 7 }, { method: "warning", params: { text: "careful" } }, { id: one, result: "open" }]);
  last().says({ id: two, error: { code: -32000, message: "It cannot be.", data: { kind: "LocalError" } } });
  expect(await calls[0]).toBe("open");
  await expect(calls[1]).rejects.toEqual(new CallError("It cannot be.", "LocalError"));
  expect(await calls[2]).toBe(7);
  expect(heard).toEqual(["careful"]);
});

test("what waits is given up when the socket is lost, and it comes back within ten seconds", async () => {
  const connection = connected();
  const call = connection.call("web_state", {});
  last().ends(1006);
  await expect(call).rejects.toBeInstanceOf(LostError);
  await expect(connection.call("web_state", {})).rejects.toBeInstanceOf(LostError);
  expect(link.value).toBe("lost");
  for (let tries = 2; tries < 12; tries += 1) {
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.made).toHaveLength(tries);
    last().ends(1006);
  }
  connection.hurry();
  last().says({ method: "hello", params: {} });
  expect(link.value).toBe("ready");
});

test("a session that is over is not tried again", () => {
  connected();
  last().ends(4401);
  vi.advanceTimersByTime(60_000);
  expect(link.value).toBe("over");
  expect(FakeSocket.made).toHaveLength(1);
});

test("a locked window connects with the session that it was given, or is over", () => {
  connected();
  secret = "another";
  last().ends(4423);
  last().dispatchEvent(new Event("open"));
  expect(last().sent).toEqual([{ secret: "another", language: "en" }]);
  secret = null;
  last().ends(4423);
  expect(link.value).toBe("over");
});
