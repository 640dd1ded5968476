# pragma version ^0.4.0
# Who has which packs of stickers (ERC-721, enumerable): the market makes a token for each that is bought.

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    number: indexed(uint256)

balanceOf: public(HashMap[address, uint256])
tokenPackId: public(HashMap[uint256, uint256])
totalSupply: public(uint256)
owners: HashMap[uint256, address]
owned: HashMap[address, HashMap[uint256, uint256]]
controller: address


@deploy
def __init__():
    self.controller = msg.sender


@view
@external
def supportsInterface(interface_id: bytes4) -> bool:
    return interface_id in [0x01ffc9a7, 0x80ac58cd, 0x780e9d63]


@view
@external
def ownerOf(number: uint256) -> address:
    assert self.owners[number] != empty(address), "no such token"
    return self.owners[number]


@view
@external
def tokenOfOwnerByIndex(owner: address, index: uint256) -> uint256:
    assert index < self.balanceOf[owner], "not so many"
    return self.owned[owner][index]


@external
def changeController(controller: address):
    assert msg.sender == self.controller, "not the controller"
    self.controller = controller


@external
def generateToken(receiver: address, pack: uint256) -> uint256:
    assert msg.sender == self.controller, "not the controller"
    number: uint256 = self.totalSupply
    self.totalSupply = number + 1
    self.tokenPackId[number] = pack
    self.owners[number] = receiver
    self.owned[receiver][self.balanceOf[receiver]] = number
    self.balanceOf[receiver] += 1
    log Transfer(sender=empty(address), receiver=receiver, number=number)
    return number
