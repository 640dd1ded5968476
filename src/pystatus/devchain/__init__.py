"""An Ethereum chain in memory, for tests, examples and trying out: ``pystatus devchain``.

py-evm executes the transactions, and eth-tester's backend keeps the blocks; both are loaded when a chain is made. What
is here is what a node does around that: JSON-RPC, transactions that wait, time, and contracts to talk to.

Implements: ET-17
"""
