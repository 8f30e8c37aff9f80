"""What the site of these pages takes in beside `docs/`: the pages that live with what they describe."""

import posixpath
import re
from pathlib import Path
from typing import Any

from properdocs.config.defaults import ProperDocsConfig
from properdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
# Page of the site: file of the repository.
TAKEN_IN = {
    "archive.md": "archive/README.md",
    "seeds.md": "seeds/README.md",
    "deploy.md": "deploy/README.md",
    "tests.md": "tests/README.md",
    "bench.md": "bench/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
LINK = re.compile(r"(\]\()(?!https?:|#)([^)#\s]+)")


def on_files(files: Files, config: ProperDocsConfig) -> Files:
    """Add the pages that are taken in."""
    for page, source in TAKEN_IN.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(text: str, *, page: Any, **_: object) -> str:
    """Return a page whose links lead to pages of the site where there are such; others name the file."""
    stands = TAKEN_IN.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    pages = {source: target for target, source in TAKEN_IN.items()}

    def led(found: re.Match[str]) -> str:
        source = posixpath.normpath(posixpath.join(posixpath.dirname(stands), found[2]))
        target = pages.get(source) or source.removeprefix("docs/")
        return found[1] + posixpath.relpath(target, posixpath.dirname(page.file.src_uri) or ".")

    return LINK.sub(led, text)
