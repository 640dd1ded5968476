"""9/WAKU-RPC and what operators know beside it: JSON-RPC 2.0 over HTTP, WebSocket and a Unix socket."""
