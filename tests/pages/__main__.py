"""`python -m tests.pages [FAMILY/CASE ...]`: write `expected.yaml` from what the crawler makes of the page, to be read by a person.

Without arguments: of every case that has none yet.
"""

import sys

import yaml

from tests.pages import HERE, Case, cases, shown


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that a body can be read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def update(case: Case) -> None:
    text = yaml.dump(shown(case.read()), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
    case.folder.joinpath("expected.yaml").write_text(text, encoding="utf-8")
    print(f"{case.name}: read it before you commit it\n{text}")


if __name__ == "__main__":
    named = [Case(HERE / name) for name in sys.argv[1:]]
    for case in named or [case for case in cases() if not case.folder.joinpath("expected.yaml").exists()]:
        update(case)
