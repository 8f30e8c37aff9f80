"""A site file drafted from the register can be used as it stands."""

from pathlib import Path

import pytest

from crawler.errors import SiteError
from crawler.sites import load_site
from crawler.sites.drafting import draft, key_of
from crawler.sites.register import Suggestion, suggest


@pytest.mark.parametrize("name", ["南开大学", "pku", "news.tju.edu.cn"])
def test_a_draft_is_a_site_with_pages_of_one_host(tmp_path: Path, name: str) -> None:
    first = suggest(name)[0]
    path = tmp_path / f"{key_of(first)}.yaml"
    path.write_text(draft(first), encoding="utf-8")
    site = load_site(path)
    assert site.hosts == (first.hosts[0],)
    assert site.lists or site.articles


def test_of_a_university_without_a_known_page_nothing_is_made_up() -> None:
    known = suggest("南开大学")[0]
    with pytest.raises(SiteError, match="no news page of it is known"):
        draft(Suggestion(institution=known.institution, pages=(), exactness=1.0))
