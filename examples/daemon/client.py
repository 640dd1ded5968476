"""A client of `pystatus daemon` that needs nothing but Python: it joins a chat, says hello, and prints what happens."""

import json
import os
import urllib.request
from typing import Any

URL = os.environ["DAEMON_URL"]  # http://127.0.0.1:8777/<token>


def call(method: str, **params: object) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(URL, body, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))["result"]


call("client_join", name="daemon-example")
call("client_send_text", chat="daemon-example", text="hello from Python")
for line in urllib.request.urlopen(URL + "/events?after=0"):
    if line.startswith(b"data: "):
        print(json.loads(line[6:])["event"], flush=True)
