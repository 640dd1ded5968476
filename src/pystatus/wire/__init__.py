"""Codecs without meaning: RLP, protobuf, varint and multibase. A decoder raises only ``RemoteError``."""
