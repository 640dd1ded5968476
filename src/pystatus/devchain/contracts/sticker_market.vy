# pragma version ^0.4.0
# Where packs of stickers are bought with a token: what the sticker market does for those who buy. The whole price goes
# to the owner of the pack.

interface Token:
    def transferFrom(sender: address, receiver: address, amount: uint256) -> bool: nonpayable

interface StickerType:
    def getPaymentData(pack: uint256) -> (address, bool, uint256): view

interface StickerPack:
    def generateToken(receiver: address, pack: uint256) -> uint256: nonpayable

snt: public(address)
stickerType: public(address)
stickerPack: public(address)


@deploy
def __init__(token: address, types: address, packs: address):
    self.snt = token
    self.stickerType = types
    self.stickerPack = packs


@internal
def _buy(buyer: address, receiver: address, pack: uint256, price: uint256) -> uint256:
    owner: address = empty(address)
    mintable: bool = False
    wanted: uint256 = 0
    owner, mintable, wanted = staticcall StickerType(self.stickerType).getPaymentData(pack)
    assert owner != empty(address), "no such pack"
    assert mintable, "the pack is not sold any more"
    assert wanted == price, "another price"
    if wanted > 0:
        assert extcall Token(self.snt).transferFrom(buyer, owner, wanted), "the price was not paid"
    return extcall StickerPack(self.stickerPack).generateToken(receiver, pack)


@external
def buyToken(pack: uint256, receiver: address, price: uint256) -> uint256:
    return self._buy(msg.sender, receiver, pack, price)


@external
def receiveApproval(sender: address, amount: uint256, token: address, data: Bytes[1024]):
    assert token == self.snt, "another token"
    assert msg.sender == token, "not the token"
    assert len(data) == 100, "no call that is known"
    assert slice(data, 0, 4) == method_id("buyToken(uint256,address,uint256)"), "no call that is known"
    pack: uint256 = extract32(data, 4, output_type=uint256)
    receiver: address = extract32(data, 36, output_type=address)
    price: uint256 = extract32(data, 68, output_type=uint256)
    assert amount == price, "another amount"
    self._buy(sender, receiver, pack, price)
