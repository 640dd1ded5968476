# pragma version ^0.4.0
# Names under a node of ENS for a deposit of a token: what the registrar of stateofus.eth does for those who use it.

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def transferFrom(sender: address, receiver: address, amount: uint256) -> bool: nonpayable

interface Registry:
    def owner(node: bytes32) -> address: view
    def setOwner(node: bytes32, owner: address): nonpayable
    def setSubnodeOwner(node: bytes32, label: bytes32, owner: address) -> bytes32: nonpayable
    def setResolver(node: bytes32, resolver: address): nonpayable

interface Resolver:
    def setAddr(node: bytes32, address_: address): nonpayable
    def setPubkey(node: bytes32, x: bytes32, y: bytes32): nonpayable

event UsernameOwner:
    nameHash: indexed(bytes32)
    owner: address

struct Account:
    balance: uint256
    creationTime: uint256
    owner: address

struct Slash:
    reserver: address
    number: uint256

RELEASE_DELAY: constant(uint256) = 365 * 24 * 3600
SLASH_DELAY: constant(uint256) = 1

token: public(address)
registry: public(address)
resolver: public(address)
node: public(bytes32)
price: public(uint256)
usernameMinLength: public(uint256)
reservedUsernamesMerkleRoot: public(bytes32)
state: public(uint8)
accounts: public(HashMap[bytes32, Account])
reserved: HashMap[bytes32, Slash]
controller: address


@deploy
def __init__(
    token: address, registry: address, resolver: address, node: bytes32, price: uint256, shortest: uint256, root: bytes32
):
    self.token = token
    self.registry = registry
    self.resolver = resolver
    self.node = node
    self.price = price
    self.usernameMinLength = shortest
    self.reservedUsernamesMerkleRoot = root
    self.state = 1
    self.controller = msg.sender


@external
def setState(state: uint8):
    assert msg.sender == self.controller, "not the controller"
    self.state = state


@view
@external
def getPrice() -> uint256:
    return self.price


@view
@external
def getAccountBalance(label: bytes32) -> uint256:
    return self.accounts[label].balance


@view
@external
def getAccountOwner(label: bytes32) -> address:
    return self.accounts[label].owner


@view
@external
def getCreationTime(label: bytes32) -> uint256:
    return self.accounts[label].creationTime


@view
@external
def getExpirationTime(label: bytes32) -> uint256:
    created: uint256 = self.accounts[label].creationTime
    return created + RELEASE_DELAY if created > 0 else 0


@view
@external
def getSlashRewardPart(label: bytes32) -> uint256:
    return self.accounts[label].balance // 3


@internal
def _register(owner: address, label: bytes32, account: address, x: bytes32, y: bytes32):
    assert self.state == 1, "no names are taken"
    child: bytes32 = keccak256(concat(self.node, label))
    assert staticcall Registry(self.registry).owner(child) == empty(address), "ENS node already owned"
    assert self.accounts[label].creationTime == 0, "username already registered"
    self.accounts[label] = Account(balance=self.price, creationTime=block.timestamp, owner=owner)
    if self.price > 0:
        assert extcall Token(self.token).transferFrom(owner, self, self.price), "the price was not paid"
    extcall Registry(self.registry).setSubnodeOwner(self.node, label, self)
    extcall Registry(self.registry).setResolver(child, self.resolver)
    if account != empty(address):
        extcall Resolver(self.resolver).setAddr(child, account)
    if x != empty(bytes32) or y != empty(bytes32):
        extcall Resolver(self.resolver).setPubkey(child, x, y)
    extcall Registry(self.registry).setOwner(child, owner)
    log UsernameOwner(nameHash=child, owner=owner)


@external
def register(label: bytes32, account: address, x: bytes32, y: bytes32) -> bytes32:
    self._register(msg.sender, label, account, x, y)
    return keccak256(concat(self.node, label))


@external
def receiveApproval(sender: address, amount: uint256, token: address, data: Bytes[1024]):
    assert amount == self.price, "wrong value"
    assert token == self.token, "wrong token"
    assert msg.sender == token, "wrong call"
    assert len(data) == 132, "wrong data"
    assert slice(data, 0, 4) == method_id("register(bytes32,address,bytes32,bytes32)"), "wrong method"
    label: bytes32 = extract32(data, 4)
    account: address = extract32(data, 36, output_type=address)
    self._register(sender, label, account, extract32(data, 68), extract32(data, 100))


@internal
def _clear(label: bytes32):
    child: bytes32 = keccak256(concat(self.node, label))
    extcall Registry(self.registry).setSubnodeOwner(self.node, label, self)
    extcall Registry(self.registry).setResolver(child, empty(address))
    extcall Registry(self.registry).setOwner(child, empty(address))
    log UsernameOwner(nameHash=child, owner=empty(address))


@external
def release(label: bytes32):
    child: bytes32 = keccak256(concat(self.node, label))
    account: Account = self.accounts[label]
    assert account.creationTime > 0, "username not registered"
    if self.state == 1:
        assert staticcall Registry(self.registry).owner(child) == msg.sender, "not the owner of the ENS node"
        assert block.timestamp > account.creationTime + RELEASE_DELAY, "release period not reached"
    else:
        assert msg.sender == account.owner, "not the former owner"
    self.accounts[label] = empty(Account)
    if account.balance > 0:
        assert extcall Token(self.token).transfer(msg.sender, account.balance), "the deposit was not returned"
    if self.state == 1:
        self._clear(label)


@external
def updateAccountOwner(label: bytes32):
    child: bytes32 = keccak256(concat(self.node, label))
    assert msg.sender == staticcall Registry(self.registry).owner(child), "caller not owner of the ENS node"
    assert self.accounts[label].creationTime > 0, "username not registered"
    assert self.state == 1, "no names are taken"
    self.accounts[label].owner = msg.sender
    log UsernameOwner(nameHash=child, owner=msg.sender)


@external
def reserveSlash(secret: bytes32):
    assert self.reserved[secret].number == 0, "already reserved"
    self.reserved[secret] = Slash(reserver=msg.sender, number=block.number)


@internal
def _slash(username: String[128], secret: uint256):
    label: bytes32 = keccak256(username)
    child: bytes32 = keccak256(concat(self.node, label))
    account: Account = self.accounts[label]
    assert account.creationTime > 0 or staticcall Registry(self.registry).owner(child) != empty(address), "nothing to slash"
    said: bytes32 = keccak256(
        concat(child, convert(account.creationTime, bytes32), convert(secret, bytes32))
    )
    slash: Slash = self.reserved[said]
    assert slash.number > 0, "not reserved"
    assert slash.number < block.number, "reveal in a later block"
    self.reserved[said] = empty(Slash)
    self.accounts[label] = empty(Account)
    self._clear(label)
    if account.balance > 0:
        part: uint256 = account.balance // 3
        assert extcall Token(self.token).transfer(slash.reserver, part * 2), "the reward was not paid"
        assert extcall Token(self.token).transfer(self.controller, account.balance - part * 2), "the rest was not paid"


@internal
@pure
def _is_allowed(letter: uint8) -> bool:
    return (letter >= 48 and letter <= 57) or (letter >= 97 and letter <= 122)


@internal
@pure
def _is_hex(letter: uint8) -> bool:
    return (letter >= 48 and letter <= 57) or (letter >= 97 and letter <= 102)


@external
def slashSmallUsername(username: String[128], secret: uint256):
    assert len(username) < self.usernameMinLength, "not a small username"
    self._slash(username, secret)


@external
def slashInvalidUsername(username: String[128], position: uint256, secret: uint256):
    letters: Bytes[128] = convert(username, Bytes[128])
    assert position < len(letters), "invalid position"
    assert not self._is_allowed(convert(slice(letters, position, 1), uint8)), "not an invalid character"
    self._slash(username, secret)


@external
def slashAddressLikeUsername(username: String[128], secret: uint256):
    letters: Bytes[128] = convert(username, Bytes[128])
    assert len(letters) > 12, "too small to look like an address"
    assert slice(letters, 0, 2) == b"0x", "does not begin as an address"
    for index: uint256 in range(2, 7):
        assert self._is_hex(convert(slice(letters, index, 1), uint8)), "does not look like an address"
    self._slash(username, secret)


@external
def slashReservedUsername(username: String[128], proof: DynArray[bytes32, 32], secret: uint256):
    found: bytes32 = keccak256(username)
    for other: bytes32 in proof:
        if convert(found, uint256) < convert(other, uint256):
            found = keccak256(concat(found, other))
        else:
            found = keccak256(concat(other, found))
    assert found == self.reservedUsernamesMerkleRoot, "invalid proof"
    self._slash(username, secret)
