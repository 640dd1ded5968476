"""8/EIPS and 9/ETHEREUM-USAGE without I/O: transactions, signatures, names, tokens, and what to ask a node of Ethereum.

What asks is a plan (:mod:`pystatus.ethereum.plan`): a generator that yields questions and is sent the answers.
:mod:`pystatus.chain` carries plans out.
"""
