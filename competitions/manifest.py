"""manifest.json: what a finished preparation consists of. Written last; without it nothing counts.

{"version": 1, "recipe": "<sha256 of the code and rules that made it>",
 "files": {"public/train.csv": {"sha256": "...", "size": 1234, "mtime_ns": 1700000000}, ...}}
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from competitions.files import files_below, write_durably

MANIFEST_NAME = "manifest.json"
VERSION = 1  # raise it when the same folder would be prepared differently


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    sha256: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> FileRecord:
        status = path.stat()
        return cls(sha256=_sha256(path), size=status.st_size, mtime_ns=status.st_mtime_ns)

    def looks_like(self, path: Path) -> bool:
        """Same size and time: what can be checked without reading the file."""
        try:
            status = path.stat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`recipe` changes when the folder's code or rules do: then the data is stale."""

    recipe: str
    files: dict[str, FileRecord]

    @classmethod
    def of(cls, prepared: Path, recipe: str) -> Manifest:
        files = {
            path.relative_to(prepared).as_posix(): FileRecord.of(path)
            for path in files_below(prepared)
            if path.name != MANIFEST_NAME
        }
        return cls(recipe=recipe, files=files)

    @classmethod
    def read(cls, prepared: Path) -> Manifest | None:
        """None when it is absent, torn, or of another version."""
        try:
            data: Any = json.loads((prepared / MANIFEST_NAME).read_text(encoding="utf-8"))
            if data["version"] != VERSION:
                return None
            files = {name: FileRecord(**record) for name, record in data["files"].items()}
            return cls(recipe=data["recipe"], files=files)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, prepared: Path) -> None:
        data = {
            "version": VERSION,
            "recipe": self.recipe,
            "files": {name: asdict(record) for name, record in self.files.items()},
        }
        write_durably(prepared / MANIFEST_NAME, json.dumps(data, indent=1) + "\n")

    def looks_whole(self, prepared: Path) -> bool:
        """Every file is there with its size and time. Milliseconds for thousands of files."""
        return all(record.looks_like(prepared / name) for name, record in self.files.items())

    def altered(self, prepared: Path) -> list[str]:
        """Files that are missing or whose checksum differs. Reads everything."""
        return [
            name
            for name, record in self.files.items()
            if not (prepared / name).is_file() or _sha256(prepared / name) != record.sha256
        ]


def recipe_of(directory: Path) -> str:
    """Checksum of what decides what a preparation gives: the folder's code, rules and texts."""
    digest = hashlib.sha256()
    for path in sorted(directory.iterdir()):
        if path.suffix in (".py", ".yaml", ".md"):
            digest.update(f"{path.name} {_sha256(path)}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
