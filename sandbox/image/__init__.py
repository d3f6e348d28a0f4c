"""The image scripts run in: which tag it has, and how it is built.

The tag is a digest of everything that goes into the image, so that one built for another version
of this package is never taken for the right one.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
HARNESS = FOLDER.parent / "harness"
REPOSITORY = "exitree-sandbox"
DEFAULT_BASE = "python:3.11-slim"


def sources() -> dict[str, bytes]:
    """What the image is made of: path in the build context to content."""
    files = [FOLDER / "Dockerfile", FOLDER / "requirements.txt"]
    context = {path.name: path.read_bytes() for path in files}
    return context | {f"harness/{path.name}": path.read_bytes() for path in HARNESS.glob("*.py")}


@functools.cache
def default_image() -> str:
    digest = hashlib.sha256()
    for name, content in sorted(sources().items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return f"{REPOSITORY}:{digest.hexdigest()[:12]}"
