"""Names of the environment variables that commands and programs of one's own share. A setting of a node has one of its
own, made of its key (:mod:`pystatus.settings`)."""

PASSWORD_VARIABLE = "PYSTATUS_PASSWORD"  # noqa: S105 - the name of the variable, not its contents
PEERS_VARIABLE = "PYSTATUS_PEERS"
MAILSERVERS_VARIABLE = "PYSTATUS_MAILSERVERS"
BOOTNODES_VARIABLE = "PYSTATUS_DISCOVERY_BOOTNODES"
RENDEZVOUS_VARIABLE = "PYSTATUS_DISCOVERY_RENDEZVOUS_NODES"
LISTS_VARIABLE = "PYSTATUS_DISCOVERY_DNS_LISTS"
RPC_URL_VARIABLE = "PYSTATUS_RPC_URL"
