# pragma version ^0.4.0
# Collectibles (ERC-721, enumerable).

interface Receiver:
    def onERC721Received(operator: address, sender: address, number: uint256, data: Bytes[1024]) -> bytes4: nonpayable

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    number: indexed(uint256)

event Approval:
    owner: indexed(address)
    approved: indexed(address)
    number: indexed(uint256)

name: public(String[64])
symbol: public(String[32])
balanceOf: public(HashMap[address, uint256])
totalSupply: public(uint256)
getApproved: public(HashMap[uint256, address])
owners: HashMap[uint256, address]
owned: HashMap[address, HashMap[uint256, uint256]]
place: HashMap[uint256, uint256]
base: String[128]
minter: address


@deploy
def __init__(name: String[64], symbol: String[32], base: String[128]):
    self.name = name
    self.symbol = symbol
    self.base = base
    self.minter = msg.sender


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    return interface_id in [0x01ffc9a7, 0x80ac58cd, 0x780e9d63, 0x5b5e139f]


@view
@external
def ownerOf(number: uint256) -> address:
    assert self.owners[number] != empty(address), "no such collectible"
    return self.owners[number]


@view
@external
def tokenOfOwnerByIndex(owner: address, index: uint256) -> uint256:
    assert index < self.balanceOf[owner], "not so many"
    return self.owned[owner][index]


@view
@external
def tokenURI(number: uint256) -> String[256]:
    assert self.owners[number] != empty(address), "no such collectible"
    return concat(self.base, uint2str(number))


@internal
def _add(receiver: address, number: uint256):
    self.owned[receiver][self.balanceOf[receiver]] = number
    self.place[number] = self.balanceOf[receiver]
    self.balanceOf[receiver] += 1
    self.owners[number] = receiver


@internal
def _remove(owner: address, number: uint256):
    last: uint256 = self.balanceOf[owner] - 1
    moved: uint256 = self.owned[owner][last]
    self.owned[owner][self.place[number]] = moved
    self.place[moved] = self.place[number]
    self.balanceOf[owner] = last


@internal
def _move(caller: address, sender: address, receiver: address, number: uint256):
    assert self.owners[number] == sender, "not the owner"
    assert caller == sender or caller == self.getApproved[number], "not approved"
    assert receiver != empty(address), "no receiver"
    self.getApproved[number] = empty(address)
    self._remove(sender, number)
    self._add(receiver, number)
    log Transfer(sender=sender, receiver=receiver, number=number)


@external
def mint(receiver: address, number: uint256):
    assert msg.sender == self.minter, "not the minter"
    assert self.owners[number] == empty(address), "already there"
    self._add(receiver, number)
    self.totalSupply += 1
    log Transfer(sender=empty(address), receiver=receiver, number=number)


@external
def approve(approved: address, number: uint256):
    assert self.owners[number] == msg.sender, "not the owner"
    self.getApproved[number] = approved
    log Approval(owner=msg.sender, approved=approved, number=number)


@external
def transferFrom(sender: address, receiver: address, number: uint256):
    self._move(msg.sender, sender, receiver, number)


@external
def safeTransferFrom(sender: address, receiver: address, number: uint256, data: Bytes[1024] = b""):
    self._move(msg.sender, sender, receiver, number)
    if receiver.is_contract:
        answer: bytes4 = extcall Receiver(receiver).onERC721Received(msg.sender, sender, number, data)
        assert answer == 0x150b7a02, "the receiver takes none"
