#!/bin/sh
# A client of `pystatus daemon` that needs nothing but curl: it joins a chat, says hello, and prints what happens.
set -eu
call() {
    curl --silent --fail-with-body --header 'Content-Type: application/json' \
        --data "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"$1\", \"params\": $2}" "$DAEMON_URL" # http://127.0.0.1:8777/<token>
    echo
}
call client_join '{"name": "daemon-example"}'
call client_send_text '{"chat": "daemon-example", "text": "hello from a shell"}'
curl --silent --no-buffer "$DAEMON_URL/events?after=0"
