"""Import of older mirrors: what their programs broke is mended, and what they said is kept."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from hashlib import md5
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import body_of, dump, load
from crawler.errors import MirrorError
from crawler.items import MediaKind
from crawler.pages.extraction.mending import mend
from crawler.pages.extraction.mirror import read_mirror
from tests import mirror_files as files
from tests import scrapy_process
from tests.archive.test_frontmatter import DOCUMENT
from tests.crawl_harness import Archive, Crawled, crawl, environment

CHINA = "Asia/Shanghai"


def scrapy(root: Path, *arguments: object, seeds: Path | None = None) -> subprocess.CompletedProcess[str]:
    settings = ["-s", f"ARCHIVE_DIR={root}", "-s", f"SEEDS_DIR={seeds or root / 'no-seeds'}"]
    return scrapy_process.run("import", *arguments, *settings, env=environment())


def ink(text: str) -> str:
    """What a reader sees of a text, without pictures, marks and white space."""
    return re.sub(r"!\[[^\]]*\]\([^)]*\)|<!--.*?-->|[\s*]", "", text)


def test_title_university_and_address_are_told_apart() -> None:
    found = read_mirror(files.cut_word(), CHINA)
    assert (found.article.title, found.university, found.url) == ("学校召开校园安全工作会", "湖滨大学", files.PAGE)
    assert found.warning is None
    assert found.captured is not None
    assert found.captured.isoformat() == "2022-11-17T01:22:08.409704+08:00"
    assert found.article.published is None
    assert found.article.imported["title"] == "湖滨大学->学校召开校园安全工作会 | lakeside.info"
    assert found.article.imported["date"] == "2022-11-17 01:22:08.409704"


def test_a_word_that_the_mark_cut_is_whole_and_pictures_stand_in_order() -> None:
    article = read_mirror(files.cut_word(), CHINA).article
    assert "召开2023届校园安全工作会。" in article.body
    assert "<!--more-->" not in article.body
    assert "**一是要更细更实地抓安全。**" in article.body
    assert [medium.url[-5] for medium in article.media] == ["1", "2", "3"]
    assert "图" not in article.body.replace("图书", "")


def test_an_address_that_was_split_is_one_picture() -> None:
    article = read_mirror(files.split_address(), CHINA).article
    (medium,) = article.media
    assert (medium.kind, medium.url) == (
        MediaKind.IMAGE,
        "http://news.lakeside.example/pic/003/000/525/0030_e605ea00.jpg",
    )
    assert "（记者 林晓 摄影 何田）5月11日" in article.body
    assert "**要保证真实，**以数据说话。" in article.body
    assert article.people == {"记者": ("林晓",), "摄影": ("何田",)}


def test_an_inline_word_is_no_paragraph_and_a_heading_is_one() -> None:
    body = read_mirror(files.inline_paragraph(), CHINA).article.body
    assert "班级QQ群、微信群等平台发布外" in body
    assert "\n\n一、行动主题\n\n用人单位大走访" in body
    assert "\n\n**强化责任 用心做事**\n\n" in body


@pytest.mark.parametrize("make", [files.cut_word, files.split_address, files.inline_paragraph])
def test_no_word_is_lost(make: object) -> None:
    data = make()  # type: ignore[operator]
    old = data.decode().split("---\n", 2)[2].rpartition("[转入")[0]
    assert ink(read_mirror(data, CHINA).article.body) == ink(old)


def test_a_text_that_was_not_broken_stays() -> None:
    text = "第一段。\n\n![阅览室](https://x/b.jpg)\n\n![大厅](https://x/a.jpg)"
    assert mend(text, "https://x/1.htm") == text


@given(st.text("学校QQ群，。“”（）*\n 图a", max_size=200))
def test_mending_twice_is_mending_once_and_loses_nothing(text: str) -> None:
    once = mend(text, files.PAGE)
    assert mend(once, files.PAGE) == once
    assert ink(once) == ink(text)


def test_our_own_files_come_back_as_they_were() -> None:
    found = read_mirror(dump(DOCUMENT), CHINA)
    article = DOCUMENT.article
    assert (found.url, found.article.title, found.article.body) == (
        DOCUMENT.url,
        article.title,
        body_of(dump(DOCUMENT)),
    )
    assert found.article.published == article.published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("---\ntitle: 标题\ndate: 2024-03-01\nlink: https://x.example/a.htm\n---\n正文。", "2024-03-01T00:00:00+08:00"),
        (
            '+++\ntitle = "标题"\ndate = 2024-03-01T08:00:00Z\nurl = "https://x.example/a.htm"\n+++\n正文。',
            "2024-03-01T08:00:00+00:00",
        ),
        (
            '{\n"title": "标题",\n"date": "2024-03-01 09:30:00",\n"source": "https://x.example/a.htm"\n}\n\n正文。',
            "2024-03-01T09:30:00+08:00",
        ),
    ],
)
def test_other_front_matter_states_when_it_was_published(text: str, published: str) -> None:
    found = read_mirror(text.encode(), CHINA)
    assert (found.article.title, found.article.body, found.url) == ("标题", "正文。", "https://x.example/a.htm")
    assert found.article.published is not None
    assert found.article.published.isoformat() == published


def test_a_plain_text_with_its_address_is_an_article_without_what_hung_on_it() -> None:
    text = "-\n图书馆延长开放\n来源：校报 发布时间：2024-05-06 09:30\n阅览室*开放*到深夜。\n相关推荐 -\n马上走人了 评论 59\n最新闻 Hot\n原文：https://x.example/a.htm\n"
    found = read_mirror(text.encode(), CHINA)
    assert (found.article.title, found.url) == ("图书馆延长开放", "https://x.example/a.htm")
    assert found.article.body.endswith("阅览室\\*开放\\*到深夜。")
    assert found.article.published is not None
    assert found.article.published.isoformat() == "2024-05-06T09:30:00+08:00"
    assert found.article.imported == {"kind": "imported text"}


@pytest.mark.parametrize(
    ("data", "line", "problem"),
    [
        (b"no front matter", 1, "no line that is the address"),
        (b"---\ntitle: [a\n---\nx", 3, "no YAML"),
        ("---\ntitle: 标题\n---\n正文".encode(), 4, "no original address"),
        ("---\ndate: 2024\nurl: https://x.example/\n---\n正文".encode(), 1, "no title"),
        (b"---\n- a\n---\nx", 1, "no mapping"),
        ("标题\n".encode() + b"\xff\xfe", 2, "no UTF-8"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(data: bytes, line: int, problem: str) -> None:
    with pytest.raises(MirrorError, match=problem) as told:
        read_mirror(data, CHINA)
    assert told.value.line == line


def test_an_id_that_is_not_that_of_the_address_is_told() -> None:
    data = files.cut_word().replace(md5(files.PAGE.encode()).hexdigest().encode(), b"0" * 32)
    assert "is not the MD5 of" in (read_mirror(data, CHINA).warning or "")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    (folder / "deep/.git").mkdir(parents=True)
    (folder / "000.txt").write_bytes(files.cut_word())
    (folder / "deep/001").write_bytes(files.split_address())
    (folder / "deep/002.md").write_bytes(files.inline_paragraph())
    (folder / "broken.md").write_text("---\ntitle: [\n---\n")
    (folder / "a.png").write_bytes(b"\x89PNG\0\0")
    (folder / "deep/.git/config.md").write_bytes(files.cut_word())
    return folder


def test_a_folder_is_imported_told_of_and_traceable(mirror: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    ended = scrapy(root, mirror)
    assert ended.returncode == 1, ended
    assert f"{mirror}/broken.md: line 3: its front matter is no YAML" in ended.stderr
    archive = Archive(root)
    archive.check()
    assert len(archive.documents) == 3
    row = archive.documents[files.PAGE]
    assert (row["title"], row["published"], row["status"]) == ("学校召开校园安全工作会", None, "live")
    values, _ = archive.markdown(files.PAGE)
    assert values["params"]["imported"]["slug"] == row["id"] == md5(files.PAGE.encode()).hexdigest()
    assert values["tags"] == ["湖滨大学"]
    assert values["categories"] == ["news.lakeside.example", "湖滨大学"]
    assert archive.values("SELECT name FROM sites") == ["湖滨大学"]
    assert archive.values("SELECT DISTINCT outcome FROM visits") == ["new"]
    assert scrapy_process.run("verify", "-s", f"ARCHIVE_DIR={root}", env=environment()).returncode == 0
    before = archive.files
    again = scrapy(root, mirror)
    assert "imported before" in again.stdout
    assert archive.files == before
    assert archive.values("SELECT count(*) FROM visits") == [3]


def test_a_dry_run_writes_nothing(mirror: Path, tmp_path: Path) -> None:
    ended = scrapy(tmp_path / "archive", mirror, "--dry-run", "--json")
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {line["title"] for line in told if "title" in line} == {
        "学校召开校园安全工作会",
        "推动会召开",
        "【专题】园艺学院：三措并举",
    }
    assert not (tmp_path / "archive").exists()


def test_mistakes_are_told(tmp_path: Path) -> None:
    assert scrapy(tmp_path).returncode == 2
    ended = scrapy(tmp_path / "archive", tmp_path / "nowhere")
    assert (ended.returncode, "there is no such file or folder" in ended.stderr) == (1, True)
    assert scrapy(tmp_path, tmp_path, "--site", "none").returncode == 2


def _mirrored(crawled: Crawled, body: str) -> tuple[str, bytes]:
    url = next(url for url, row in crawled.archive.documents.items() if row["site"] == "vsb" and row["path"])
    return url, files.older(body, url, title=crawled.archive.documents[url]["title"])


def test_a_crawl_after_an_import_makes_the_next_version(crawled: Crawled, tmp_path: Path) -> None:
    url, data = _mirrored(crawled, "旧镜像里的正文，与今天的不同。")
    (tmp_path / "a.md").write_bytes(data)
    root = tmp_path / "archive"
    assert scrapy(root, tmp_path / "a.md", seeds=crawled.seeds).returncode == 0
    assert crawl(root, "-a", "site=vsb", seeds=crawled.seeds).code == 0
    archive = Archive(root)
    archive.check()
    row = archive.documents[url]
    assert row["version"] == 2
    assert row["archived"].startswith("2022-11-16T17:22:08")
    old, _ = load(
        (
            root / archive.values("SELECT path FROM versions WHERE document = ? AND version = 1", row["id"])[0]
        ).read_bytes()
    )
    assert old["params"]["imported"]["slug"] == row["id"]
    assert archive.values("SELECT count(*) FROM held") == [0]


def test_an_import_after_a_crawl_is_a_version_from_before_the_first(crawled: Crawled, tmp_path: Path) -> None:
    url, data = _mirrored(crawled, "旧镜像里的正文，与今天的不同。")
    root = tmp_path / "archive"
    assert crawl(root, "-a", "site=vsb", seeds=crawled.seeds).code == 0
    archive = Archive(root)
    before = archive.files
    (tmp_path / "a.md").write_bytes(data)
    ended = scrapy(root, tmp_path / "a.md", seeds=crawled.seeds)
    assert (ended.returncode, "changed" in ended.stdout) == (0, True), ended
    name = archive.documents[url]["id"]
    assert archive.values("SELECT version FROM versions WHERE document = ? ORDER BY 1", name) == [0, 1]
    (added,) = set(archive.files) - set(before)
    assert added.endswith(f"{name}/0.md")
    assert {path: archive.files[path] for path in before} == before
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        assert db.execute("SELECT version FROM documents WHERE id = ?", [name]).fetchone() == (1,)
