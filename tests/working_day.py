"""An archive for a working day in the reading room: three hosts of one university, one of another, one that no register knows. All is invented."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from crawler.catalog import close_catalog, group, open_catalog
from crawler.catalog.tables import runs, sites, visits
from crawler.items import Article, Media, MediaKind, Outcome, Role, Site, Visit
from crawler.urls import document_id
from tests import factories

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
NANKAI = tuple(
    Site(key=f"{name}.nankai.edu.cn", name="南开大学", hosts=(f"{name}.nankai.edu.cn",))
    for name in ("news", "ai", "jw")
)
SICAU = Site(key="sicau", name="四川农业大学", hosts=("news.sicau.edu.cn",))
OTHER = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",))
SITES = (*NANKAI, SICAU, OTHER)
BODY = "学校召开毕业生就业工作推进会，各学院介绍了招聘进展。会议强调要拓宽岗位渠道，做好困难学生帮扶。" * 4


def build(archive: Path) -> Path:
    """Write the archive's catalog."""
    db = open_catalog(archive / "catalog.db")
    for site in SITES:
        sites.save(db, site, now=NOW)
    runs.start(db, "r1", started=NOW, arguments={})
    with group(db):
        for n in range(60):
            site = SITES[n % len(SITES)]
            _record(db, site, f"第{n}期就业工作简报", datetime(2026, 5, 1 + n % 28, 9, n % 60, tzinfo=CHINA), n)
        _record(
            db,
            NANKAI[0],
            "毕业典礼举行",
            datetime(2025, 6, 20, 10, tzinfo=CHINA),
            100,
            people={"记者": ("王芳",), "摄影": ("李雷",)},
        )
        _record(
            db,
            SICAU,
            "毕业典礼举行，校长寄语",
            datetime(2025, 6, 18, 10, tzinfo=CHINA),
            101,
            people={"编辑": ("王芳",)},
        )
        _record(
            db,
            NANKAI[1],
            "图书馆延长开放",
            datetime(2025, 9, 1, tzinfo=CHINA),
            102,
            body="与就业无关的讲座通知。",
            media=(Media(kind=MediaKind.ATTACHMENT, url="https://ai.nankai.edu.cn/a.pdf", name="安排.pdf"),),
        )
        _record(db, SICAU, "空白页面", datetime(2025, 9, 2, tzinfo=CHINA), 103, body="")
        db.execute(
            "INSERT INTO alarms (site, code, since, last, message) VALUES ('sicau', 'coverage', ?, ?, 'something is missing of 2 lists')",
            [NOW.isoformat(), NOW.isoformat()],
        )
    runs.finish(db, "r1", finished=NOW + timedelta(minutes=5), exit_code=0)
    close_catalog(db)
    return archive


def _record(db: Any, site: Site, title: str, published: datetime, n: int, **values: Any) -> None:
    url = f"https://{site.hosts[0]}/info/1001/{n}.htm"
    told = {"body": BODY, "section": ("首页", "学校要闻"), "source": "校报", "people": {"记者": ("张三",)}}
    article = Article(**{"title": title, "published": published, **told, **values})
    visit = Visit(
        url=url,
        site=site.key,
        role=Role.ARTICLE,
        run="r1",
        fetched=NOW,
        outcome=Outcome.NEW,
        size=2048,
        document=document_id(url),
    )
    document = factories.document(url, article, site=site, archived=NOW - timedelta(days=n % 3))
    factories.record(db, document, visit=visits.record(db, visit))
