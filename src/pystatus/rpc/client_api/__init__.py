"""The public interface of a client over JSON-RPC: each method and feature of :class:`pystatus.Client`, and its events.

The methods are not written down a second time: their names, parameters, types and descriptions are those of the class.
"""
