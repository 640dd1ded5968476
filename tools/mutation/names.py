"""Names in mutants that nothing defines: the program would fall apart for another reason than the broken rule."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.mutation.entries import Mutant


def undefined(changed: Mapping[Mutant, str]) -> Iterator[str]:
    """A sentence for each such name.

    :param changed: the whole changed file of each mutant.
    """
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        paths = {Path(folder) / f"{number}.py": mutant for number, mutant in enumerate(changed)}
        for path, mutant in paths.items():
            path.write_text(changed[mutant], encoding="utf-8")
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select=F821"]
        command += ["--target-version=py311", "--output-format=json", "--exit-zero", folder]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for one in json.loads(found):
            yield f"{paths[Path(one['filename'])]}: {one['message']}"
