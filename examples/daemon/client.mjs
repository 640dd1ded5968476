// A client of `pystatus daemon` for Node.js 18 and later: it joins a chat, says hello, and prints what happens.
const url = process.env.DAEMON_URL; // http://127.0.0.1:8777/<token>
const call = async (method, params) => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return (await answer.json()).result;
};
await call("client_join", { name: "daemon-example" });
await call("client_send_text", { chat: "daemon-example", text: "hello from JavaScript" });
const text = new TextDecoderStream();
for await (const part of (await fetch(`${url}/events?after=0`)).body.pipeThrough(text)) process.stdout.write(part);
