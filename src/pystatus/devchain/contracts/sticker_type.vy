# pragma version ^0.4.0
# The packs of stickers that there are: what the registry of the sticker market tells of each.

struct Pack:
    category: DynArray[bytes4, 8]
    owner: address
    mintable: bool
    timestamp: uint256
    price: uint256
    contenthash: Bytes[128]

packs: HashMap[uint256, Pack]
packCount: public(uint256)
controller: address


@deploy
def __init__():
    self.controller = msg.sender


@external
def generatePack(price: uint256, owner: address, contenthash: Bytes[128]) -> uint256:
    assert msg.sender == self.controller, "not the controller"
    pack: uint256 = self.packCount
    self.packs[pack] = Pack(
        category=[],
        owner=owner,
        mintable=True,
        timestamp=block.timestamp,
        price=price,
        contenthash=contenthash,
    )
    self.packCount = pack + 1
    return pack


@external
def setPackState(pack: uint256, mintable: bool):
    assert msg.sender == self.packs[pack].owner, "not the owner"
    self.packs[pack].mintable = mintable


@view
@external
def getPackData(pack: uint256) -> (DynArray[bytes4, 8], address, bool, uint256, uint256, Bytes[128]):
    found: Pack = self.packs[pack]
    return found.category, found.owner, found.mintable, found.timestamp, found.price, found.contenthash


@view
@external
def getPaymentData(pack: uint256) -> (address, bool, uint256):
    return self.packs[pack].owner, self.packs[pack].mintable, self.packs[pack].price
