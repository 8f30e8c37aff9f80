"""One crawl of the campus, looked at from all sides: every article, nothing else, and all that is said about it."""

import gzip
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator

from crawler.catalog import open_reader
from crawler.dedup import simplify
from crawler.pages.families import canonical_url
from crawler.warc import records
from tests.campus.sites import enorth, vsb, webplus
from tests.campus.sites.enorth import article_paths
from tests.campus.stories.webplus import SHARED
from tests.campus.story import Story
from tests.campus.truth import CAMPUS
from tests.crawl_harness import MEDIA, Crawled
from tests.searching import hits

STORIES = [
    pytest.param(host, story, id=f"{host}{story.path}") for host, truth in CAMPUS.items() for story in truth.articles
]
CHINA = ZoneInfo("Asia/Shanghai")


def test_the_crawl_ends_well(crawled: Crawled) -> None:
    assert crawled.ended.code == 0, crawled.ended
    assert crawled.ended.stderr == ""


def test_rows_files_and_evidence_agree(crawled: Crawled) -> None:
    crawled.archive.check()


def test_every_article_is_a_document(crawled: Crawled) -> None:
    wanted = {crawled.campus.url(host, story.path) for host, truth in CAMPUS.items() for story in truth.articles}
    assert wanted - set(crawled.archive.documents) == set()


def test_nothing_else_is_a_document(crawled: Crawled) -> None:
    wanted = {crawled.campus.url(host, story.path) for host, truth in CAMPUS.items() for story in truth.articles}
    assert set(crawled.archive.documents) - wanted == set()


def test_lists_and_what_is_never_news_are_no_documents(crawled: Crawled) -> None:
    paths = ((host, path) for host, truth in CAMPUS.items() for path in (*truth.lists, *truth.never))
    archived = {crawled.campus.url(host, path) for host, path in paths} & set(crawled.archive.documents)
    assert archived == set()


@pytest.mark.parametrize(("host", "story"), STORIES)
class TestStory:
    """One article of the campus."""

    def test_title(self, crawled: Crawled, host: str, story: Story) -> None:
        assert _row(crawled, host, story)["title"] == story.title

    def test_published(self, crawled: Crawled, host: str, story: Story) -> None:
        row = _row(crawled, host, story)
        published = datetime.fromisoformat(story.published).replace(tzinfo=CHINA)
        assert row["published"] == published.isoformat()
        assert row["date_precision"] == ("minute" if "T" in story.published else "day")

    def test_source(self, crawled: Crawled, host: str, story: Story) -> None:
        assert _row(crawled, host, story)["source"] == story.source

    def test_people(self, crawled: Crawled, host: str, story: Story) -> None:
        found: dict[str, tuple[str, ...]] = {}
        for person in crawled.archive.rows(
            "SELECT role, name FROM people WHERE document = ? ORDER BY position", _row(crawled, host, story)["id"]
        ):
            found[person["role"]] = (*found.get(person["role"], ()), person["name"])
        assert found == dict(story.people)

    def test_media(self, crawled: Crawled, host: str, story: Story) -> None:
        media = crawled.archive.rows(
            "SELECT kind, url FROM media WHERE document = ? ORDER BY position", _row(crawled, host, story)["id"]
        )
        assert [medium["url"] for medium in media if medium["kind"] == "image"] == [
            crawled.campus.url(host, path) for path in story.images
        ]
        assert [medium["url"] for medium in media if medium["kind"] == "attachment"] == [
            crawled.campus.url(host, path) for path in story.attachments
        ]

    def test_body(self, crawled: Crawled, host: str, story: Story) -> None:
        body = _body(crawled, host, story)
        position = 0
        for sentence in story.sentences():
            wanted = simplify(sentence).replace("\u3000", " ")
            assert wanted in body[position:]
            position = body.index(wanted, position) + len(wanted)

    def test_nothing_else_in_the_body(self, crawled: Crawled, host: str, story: Story) -> None:
        body = _body(crawled, host, story)
        assert [text for text in CAMPUS[host].forbidden_in(story) if text in body] == []


def test_the_file_says_what_the_row_says(crawled: Crawled) -> None:
    for url, row in crawled.archive.documents.items():
        if row["path"]:
            values, _ = crawled.archive.markdown(url)
            said = (values["title"], values.get("date"), values["urlname"], values["params"]["content_digest"])
            published = datetime.fromisoformat(row["published"]) if row["published"] else None
            assert said == (row["title"], published, row["id"], row["content_digest"])
            digest = "sha256:" + sha256((crawled.archive.root / row["path"]).read_bytes()).hexdigest()
            assert crawled.archive.values("SELECT markdown_digest FROM versions WHERE document = ?", row["id"]) == [
                digest
            ]


def test_a_duplicate_is_linked_to_the_first_and_has_no_second_file(crawled: Crawled) -> None:
    first, second = _pair(
        crawled, ("webplus", "/2024/0315/c132a4567/page.htm"), ("webplus", "/2024/0315/c140a4567/page.htm")
    )
    assert (second["status"], second["duplicate_of"], second["path"]) == ("duplicate", first["id"], None)
    assert [path for path, data in crawled.archive.files.items() if SHARED[0].encode() in data] == [first["path"]]


def test_a_copy_in_traditional_characters_is_a_duplicate(crawled: Crawled) -> None:
    first, second = _pair(crawled, ("webplus", "/2024/0418/c132a4595/page.htm"), ("vsb", "/info/1012/2321.htm"))
    assert (second["status"], second["duplicate_of"], second["path"]) == ("duplicate", first["id"], None)


def test_other_spellings_of_a_page_are_the_same_document(crawled: Crawled) -> None:
    others = {
        crawled.campus.url(host, path) for host, truth in CAMPUS.items() for s in truth.articles for path in s.also
    }
    assert others
    assert others & set(crawled.archive.visits) == set()


def test_no_page_is_asked_for_twice(crawled: Crawled) -> None:
    assert sorted(crawled.hits) == sorted(set(crawled.hits))


@pytest.mark.parametrize(
    ("host", "path", "outcome", "reason"),
    [
        ("vsb", vsb.PRIVATE, "refused", "robots"),
        ("vsb", "/xxjj.htm", "not_article", "undated"),
        ("vsb", "/xyyw.htm", "listed", None),
        ("vsb", vsb.FEED, "listed", None),
        ("webplus", webplus.SITEMAP, "listed", None),
        ("webplus", webplus.WALL, "refused", "login"),
        ("webplus", webplus.REDIRECT, "refused", "login"),
        ("webplus", webplus.COLUMN, "not_article", "undated"),
        ("enorth", enorth.SOFT_404, "gone", "soft_404"),
        ("enorth", enorth.MISSING, "gone", "not_found"),
        ("enorth", "/index.shtml", "listed", None),
    ],
)
def test_what_is_no_article_has_an_outcome_and_a_reason(
    crawled: Crawled, host: str, path: str, outcome: str, reason: str | None
) -> None:
    visit = crawled.archive.visits[crawled.campus.url(host, path)]
    assert (visit["outcome"], visit["reason"]) == (outcome, reason)


def test_a_redirect_to_the_login_is_written_down(crawled: Crawled) -> None:
    visit = crawled.archive.visits[crawled.campus.url("webplus", webplus.REDIRECT)]
    assert visit["final_url"] == crawled.campus.url("webplus", webplus.LOGIN)


def test_what_robots_txt_disallows_is_never_asked_for(crawled: Crawled) -> None:
    assert ("vsb", "/robots.txt") in crawled.hits
    assert ("vsb", vsb.PRIVATE) not in crawled.hits


def test_another_host_is_never_asked_for(crawled: Crawled) -> None:
    assert crawled.archive.values("SELECT url FROM links WHERE url LIKE '%elsewhere%'") == []


def test_pictures_and_attachments_are_not_taken_for_pages(crawled: Crawled) -> None:
    urls = {crawled.campus.url(host, path) for host, path in MEDIA}
    assert urls & set(crawled.archive.visits) == set()
    assert all(crawled.hits.count(medium) <= 1 for medium in MEDIA)


def test_an_article_of_three_pages_is_one_document(crawled: Crawled) -> None:
    (story,) = (story for story in CAMPUS["enorth"].articles if story.further)
    urls = [crawled.campus.url("enorth", path) for path in article_paths(story)]
    assert [url for url in urls if url in crawled.archive.documents] == urls[:1]


def test_every_request_has_its_response_in_the_evidence(crawled: Crawled) -> None:
    kept = [
        record.url
        for file in crawled.archive.root.glob("warc/*.warc.gz")
        for record in records(file)
        if record.kind == "response"
    ]
    asked = [crawled.campus.url(host, path) for host, path in crawled.hits if path != "/robots.txt"]
    assert sorted(url for url in kept if not url.endswith("/robots.txt")) == sorted(asked)


def test_every_visit_leads_to_its_evidence(crawled: Crawled) -> None:
    for visit in crawled.archive.rows("SELECT * FROM visits"):
        with (crawled.archive.root / visit["warc"]).open("rb") as file:
            file.seek(visit["warc_offset"])
            record = next(iter(ArchiveIterator(file)))
            kind, headers, payload = record.rec_type, record.rec_headers, record.content_stream().read()
        assert headers.get_header("WARC-Record-ID") == visit["warc_record"]
        asked = canonical_url(headers.get_header("WARC-Target-URI"), "http")
        assert asked == (visit["final_url"] or visit["url"])
        assert f"sha256:{sha256(payload).hexdigest()}" == visit["payload_digest"]
        assert headers.get_header("WARC-Payload-Digest") == visit["payload_digest"]
        assert kind == ("metadata" if visit["status"] is None else "response")


def test_the_evidence_names_the_program_and_the_sites(crawled: Crawled) -> None:
    (file,) = crawled.archive.root.glob("warc/*.warc.gz")
    head = gzip.decompress(file.read_bytes())[:20_000].decode("utf-8", "replace")
    assert "WARC-Type: warcinfo" in head
    assert "campus-archive/" in head
    assert "湖光大学" in head


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("候鸟", "百名师生清晨环湖 记录早春候鸟"),
        ("竹签", "一封寄给三十年后的信"),
        ("圖論", "数学学院教授破解一个六十年前的图论猜想"),
    ],
)
def test_search_finds_a_word_of_two_characters(crawled: Crawled, word: str, title: str) -> None:
    db: Database = open_reader(crawled.archive.root / "catalog.db")
    try:
        assert title in [hit.title for hit in hits(db, word)]
    finally:
        db.close()


def test_the_run_is_recorded(crawled: Crawled) -> None:
    (run,) = crawled.archive.rows("SELECT * FROM runs")
    assert (run["state"], run["exit_code"], run["arguments"]) == ("finished", 0, "{}")
    assert run["started"] < run["finished"]
    outcomes = crawled.archive.rows("SELECT outcome, count(*) AS visits FROM visits GROUP BY outcome")
    assert {name: run[name] for name in run if name in {row["outcome"] for row in outcomes}} == {
        row["outcome"]: row["visits"] for row in outcomes
    }
    assert run["visits"] == sum(row["visits"] for row in outcomes)
    assert run["new"] + run["duplicate"] >= len(crawled.archive.documents)


def test_the_summary_counts_what_the_run_counts(crawled: Crawled) -> None:
    (run,) = crawled.archive.rows("SELECT * FROM runs")
    assert f"run {run['run']}" in crawled.ended.stdout
    assert f"{run['visits']} visits in " in crawled.ended.stdout
    assert "all well (exit code 0)" in crawled.ended.stdout
    assert all(site in crawled.ended.stdout for site in CAMPUS)


def _row(crawled: Crawled, host: str, story: Story) -> dict[str, object]:
    return crawled.archive.documents[crawled.campus.url(host, story.path)]


def _body(crawled: Crawled, host: str, story: Story) -> str:
    """Return the text below the front matter in Simplified characters; a duplicate's is that of the first."""
    row = _row(crawled, host, story)
    if row["duplicate_of"]:
        row = next(other for other in crawled.archive.documents.values() if other["id"] == row["duplicate_of"])
    return simplify(crawled.archive.markdown(str(row["url"]))[1].replace("\\", ""))


def _pair(crawled: Crawled, *places: tuple[str, str]) -> list[dict[str, object]]:
    """Return two equal documents, the first one first: which that is depends on which was captured first."""
    rows = [crawled.archive.documents[crawled.campus.url(host, path)] for host, path in places]
    return sorted(rows, key=lambda row: (row["archived"], row["url"]))
