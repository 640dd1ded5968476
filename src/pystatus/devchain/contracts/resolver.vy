# pragma version ^0.4.0
# A resolver of ENS: where names lead, as their owners say.

interface Registry:
    def owner(node: bytes32) -> address: view

registry: public(address)
addr: public(HashMap[bytes32, address])
name: public(HashMap[bytes32, String[255]])
contenthash: public(HashMap[bytes32, Bytes[256]])
keys: HashMap[bytes32, bytes32[2]]


@deploy
def __init__(registry: address):
    self.registry = registry


@internal
@view
def _check(node: bytes32, caller: address):
    assert staticcall Registry(self.registry).owner(node) == caller, "not the owner"


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    return interface_id in [0x01ffc9a7, 0x3b3b57de, 0x691f3431, 0xbc1c58d1, 0xc8690233]


@view
@external
def pubkey(node: bytes32) -> (bytes32, bytes32):
    return self.keys[node][0], self.keys[node][1]


@external
def setAddr(node: bytes32, address_: address):
    self._check(node, msg.sender)
    self.addr[node] = address_


@external
def setPubkey(node: bytes32, x: bytes32, y: bytes32):
    self._check(node, msg.sender)
    self.keys[node] = [x, y]


@external
def setName(node: bytes32, name: String[255]):
    self._check(node, msg.sender)
    self.name[node] = name


@external
def setContenthash(node: bytes32, content: Bytes[256]):
    self._check(node, msg.sender)
    self.contenthash[node] = content
