"""Hashes, ciphers and key derivation against the published examples of each."""

import contextlib
import hashlib
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto import ciphers, kdf
from pystatus.crypto.hashing import keccak256, keccak_state
from pystatus.crypto.ripemd160 import ripemd160
from pystatus.errors import LocalError, RemoteError

BLOCKS = bytes.fromhex(  # NIST SP 800-38A
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
AES_128 = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
AES_256 = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
COUNTER = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
CTR_128 = bytes.fromhex(
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"
)
CTR_256 = bytes.fromhex(
    "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
    "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"
)


class TestKeccak:
    @pytest.mark.parametrize(
        ("data", "digest"),
        [
            (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
            (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
            (b"testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"),
        ],
    )
    def test_known(self, data: bytes, digest: str) -> None:
        assert keccak256(data).hex() == digest
        assert keccak256(bytearray(data)).hex() == digest
        assert keccak256(memoryview(data)).hex() == digest

    def test_it_is_not_the_standardised_sha3(self) -> None:
        assert keccak256(b"") != hashlib.sha3_256(b"").digest()

    @given(st.lists(st.binary(max_size=300), max_size=5))
    def test_running_state_can_be_read_at_any_time(self, parts: list[bytes]) -> None:
        state = keccak_state()
        whole = b""
        for part in parts:
            fork = state.copy()
            state.update(part)
            whole += part
            assert state.digest() == state.digest() == keccak256(whole)
            assert fork.digest() == keccak256(whole[: len(whole) - len(part)])
        assert keccak_state(whole).digest() == keccak256(whole)


class TestRipemd160:
    @pytest.mark.parametrize(
        ("data", "digest"),
        [
            # The page of its authors.
            (b"", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
            (b"a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"),
            (b"abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            (b"message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
            (b"abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc"),
            (
                b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "12a053384a9c0c88e405a06c27dcf49ada62eb2b",
            ),
            (
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                "b0e20b6e3116640286ed3a87a5713079b21f5189",
            ),
            (b"1234567890" * 8, "9b752e45573d4b39f4dbd3323cab82bf63326bfb"),
            # OpenSSL, around the ends of a block.
            (b"a" * 55, "0d8a8c9063a48576a7c97e9f95253a6e53ff6765"),
            (b"a" * 56, "e72334b46c83cc70bef979e15453706c95b888be"),
            (b"a" * 63, "e640041293fe663b9bf3f8c21ffecac03819e6b2"),
            (b"a" * 64, "9dfb7d374ad924f3f88de96291c33e9abed53e32"),
            (b"a" * 65, "99724bb11811e7166af38f671b6a082d8ab4960b"),
            (b"a" * 119, "23e398ff2bac815aa1bbb57ca2a669c841872919"),
            (b"a" * 120, "c476770a6dae31fcee8d25efe6559a05c8024595"),
        ],
        ids=lambda value: value[:12],
    )
    def test_known(self, data: bytes, digest: str) -> None:
        assert ripemd160(data).hex() == digest


class TestAes:
    @pytest.mark.parametrize(("key", "ciphertext"), [(AES_128, CTR_128), (AES_256, CTR_256)], ids=["128", "256"])
    def test_ctr(self, key: bytes, ciphertext: bytes) -> None:
        assert ciphers.aes_ctr(key, COUNTER, BLOCKS) == ciphertext
        assert ciphers.aes_ctr(key, COUNTER, ciphertext) == BLOCKS
        stream = ciphers.aes_ctr_stream(key, COUNTER)
        assert b"".join(stream.update(BLOCKS[i : i + 7]) for i in range(0, len(BLOCKS), 7)) == ciphertext

    def test_ctr_counts_through_all_128_bits(self) -> None:
        ecb = ciphers.aes_ecb_stream(AES_128)
        assert ciphers.aes_ctr(AES_128, b"\xff" * 16, bytes(32)) == ecb.update(b"\xff" * 16) + ecb.update(bytes(16))

    def test_ecb(self) -> None:
        stream = ciphers.aes_ecb_stream(AES_256)
        assert stream.update(BLOCKS[:16]).hex() == "f3eed1bdb5d2a03c064b5a7e3db181f8"
        assert stream.update(BLOCKS[16:32]).hex() == "591ccb10d410ed26dc5ba74a31362870"

    def test_cbc(self) -> None:
        # RFC 3602, case 4, and the padding that PKCS #7 adds to whole blocks.
        key, iv = bytes.fromhex("56e47a38c5598974bc46903dba290349"), bytes.fromhex("8ce82eefbea0da3c44699ed7db51b7d9")
        plaintext = bytes(range(0xA0, 0xE0))
        ciphertext = bytes.fromhex(
            "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e"
            "35907aa632c3ffdf868bb7b29d3d46ad83ce9f9a102ee99d49a53e87f4c3da55"
        )
        last = ciphers.aes_ecb_stream(key).update(bytes(a ^ 16 for a in ciphertext[-16:]))
        assert ciphers.aes_cbc_decrypt(key, iv, ciphertext + last) == plaintext

    @pytest.mark.parametrize("size", [0, 1, 15, 17, 16, 32])
    def test_cbc_refuses_broken_blocks_and_padding(self, size: int) -> None:
        with pytest.raises(RemoteError):
            ciphers.aes_cbc_decrypt(AES_128, COUNTER, bytes(size))

    @given(st.binary(max_size=64))
    def test_cbc_any_bytes(self, data: bytes) -> None:
        with contextlib.suppress(RemoteError):
            assert len(ciphers.aes_cbc_decrypt(AES_128, COUNTER, data)) < len(data)


def test_gcm_known() -> None:
    # "The Galois/Counter Mode of Operation", test case 14.
    key, nonce = ciphers.aes_gcm(bytes(32)), bytes(12)
    sealed = bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    assert key.encrypt(nonce, bytes(16), None) == sealed
    assert key.decrypt(nonce, sealed, None) == bytes(16)
    with pytest.raises(ciphers.WrongTag):
        key.decrypt(bytes(11) + b"n", sealed, None)


class TestKeyDerivation:
    @pytest.mark.parametrize(
        ("secret", "salt", "info", "size", "output"),
        [
            # RFC 5869, appendix A.1 to A.3.
            (
                "0b" * 22,
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                42,
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                bytes(range(0x50)).hex(),
                bytes(range(0x60, 0xB0)).hex(),
                bytes(range(0xB0, 0x100)).hex(),
                82,
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8"
                "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            ),
            (
                "0b" * 22,
                "",
                "",
                42,
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ],
        ids=["A.1", "A.2", "A.3"],
    )
    def test_hkdf(self, secret: str, salt: str, info: str, size: int, output: str) -> None:
        derived = kdf.hkdf_sha256(bytes.fromhex(secret), bytes.fromhex(salt), bytes.fromhex(info), size)
        assert derived.hex() == output
        assert kdf.hkdf_sha256(bytes.fromhex(secret), bytes.fromhex(salt), bytes.fromhex(info), 5) == derived[:5]

    def test_hkdf_longest(self) -> None:
        assert len(kdf.hkdf_sha256(b"secret", b"", b"", 8160)) == 8160
        with pytest.raises(LocalError, match="at most 8160"):
            kdf.hkdf_sha256(b"secret", b"", b"", 8161)

    @given(st.binary(max_size=80), st.binary(max_size=80), st.integers(1, 5), st.integers(1, 80))
    def test_pbkdf2_is_that_of_the_standard_library(self, password: bytes, salt: bytes, rounds: int, size: int) -> None:
        assert kdf.pbkdf2_sha256(password, salt, rounds, size) == hashlib.pbkdf2_hmac(
            "sha256", password, salt, rounds, size
        )

    @pytest.mark.parametrize(
        ("password", "salt", "n", "r", "p", "output"),
        [
            # RFC 7914, chapter 12.
            (b"", b"", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"),
            (b"password", b"NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"),
        ],
    )
    def test_scrypt(self, password: bytes, salt: bytes, n: int, r: int, p: int, output: str) -> None:
        assert kdf.scrypt(password, salt, n=n, r=r, p=p, size=32).hex() == output

    def test_the_memory_of_scrypt_goes_back_to_the_system(self) -> None:
        """In a process of its own: what the tests before have left free says nothing."""
        code = (
            "import psutil; from pystatus.crypto import kdf\n"
            "held = [psutil.Process().memory_info().rss]\n"
            "for _ in range(3):\n"  # of the size of the first, 16 MiB, the allocator learns
            "    kdf.scrypt(b'', b'', n=1 << 14, r=8, p=1, size=32); held.append(psutil.Process().memory_info().rss)\n"
            "print(held[-1] - held[0])"
        )
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        assert int(done.stdout) < 8 << 20


class TestMac:
    @pytest.mark.parametrize(
        ("key", "data", "tag"),
        [
            # RFC 4231, cases 1, 2 and 6.
            (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                b"\xaa" * 131,
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ],
    )
    def test_hmac(self, key: bytes, data: bytes, tag: str) -> None:
        assert ciphers.hmac_sha256(key, data).hex() == tag

    def test_equal(self) -> None:
        secret = os.urandom(32)
        assert ciphers.equal(secret, bytes(bytearray(secret)))
        assert not ciphers.equal(secret, secret[:-1])
        assert not ciphers.equal(secret, bytes(32))
