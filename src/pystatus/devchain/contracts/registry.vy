# pragma version ^0.4.0
# The registry of ENS (EIP-137).

event NewOwner:
    node: indexed(bytes32)
    label: indexed(bytes32)
    owner: address

event Transfer:
    node: indexed(bytes32)
    owner: address

event NewResolver:
    node: indexed(bytes32)
    resolver: address

struct Record:
    owner: address
    resolver: address
    ttl: uint64

records: HashMap[bytes32, Record]


@deploy
def __init__():
    self.records[empty(bytes32)].owner = msg.sender


@view
@external
def owner(node: bytes32) -> address:
    return self.records[node].owner


@view
@external
def resolver(node: bytes32) -> address:
    return self.records[node].resolver


@view
@external
def ttl(node: bytes32) -> uint64:
    return self.records[node].ttl


@external
def setOwner(node: bytes32, owner: address):
    assert self.records[node].owner == msg.sender, "not the owner"
    self.records[node].owner = owner
    log Transfer(node=node, owner=owner)


@external
def setSubnodeOwner(node: bytes32, label: bytes32, owner: address) -> bytes32:
    assert self.records[node].owner == msg.sender, "not the owner"
    child: bytes32 = keccak256(concat(node, label))
    self.records[child].owner = owner
    log NewOwner(node=node, label=label, owner=owner)
    return child


@external
def setResolver(node: bytes32, resolver: address):
    assert self.records[node].owner == msg.sender, "not the owner"
    self.records[node].resolver = resolver
    log NewResolver(node=node, resolver=resolver)
