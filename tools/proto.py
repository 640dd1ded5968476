"""The code that is generated from the ``.proto`` files: ``*_pb2.py`` and ``*_pb2.pyi``."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
PROTO = SOURCE / "pystatus" / "wire" / "proto"


def generate(target: Path) -> None:
    tools = Path(sys.executable).parent
    subprocess.run(
        [
            tools / "protoc",
            f"--plugin=protoc-gen-mypy={tools / 'protoc-gen-mypy'}",
            f"--proto_path={SOURCE}",
            f"--python_out={target}",
            f"--mypy_out=quiet:{target}",
            *sorted(PROTO.glob("*.proto")),
        ],
        check=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the code with the .proto files")
    action.add_argument("--write", action="store_true", help="generate it")
    if parser.parse_args().write:
        generate(SOURCE)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        fresh = {path.name: path.read_bytes() for path in Path(scratch).rglob("*_pb2.py*")}
    committed = {path.name: path.read_bytes() for path in PROTO.glob("*_pb2.py*")}
    stale = sorted(name for name in fresh.keys() | committed.keys() if fresh.get(name) != committed.get(name))
    if stale:
        print(f"generated code is stale: {', '.join(stale)}; run `make proto`", file=sys.stderr)
        return 1
    print(f"generated code is up to date ({len(fresh)} files)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
