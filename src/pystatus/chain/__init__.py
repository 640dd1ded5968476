"""A chain of Ethereum, asked over JSON-RPC: the shell around :mod:`pystatus.ethereum`, whose plans it carries out."""
