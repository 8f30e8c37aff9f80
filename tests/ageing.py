"""A served site that ages: articles are edited, removed, brought back and added, every page shows new counters and another hot list each
day, and one day its template changes. Invented from top to bottom; the same number gives the same bytes."""

import os
import random
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

WORDS = (
    "图书馆 实验室 操场 学生 教师 讲座 展览 志愿者 合唱团 研究生 学院 课程 教室 食堂 宿舍 项目 团队 论文 比赛 社团 校友 座谈会 运动会 "
    "开放 启动 举行 完成 介绍 讨论 组织 参观 练习 准备 改进 发布 整理 记录 分享 走访 总结 观察 维修 更新 "
    "上午 下午 周末 本学期 近日 一楼 东区 南门 湖边 山下 春天 认真 热烈 安静 第一次 共同"
).split()
PER_LIST = 50
MISSING = "<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>"


@dataclass(slots=True)
class AgeingSite:
    """One site between `__enter__` and `__exit__`: `articles` are free to be edited, taken away and added; `day` moves the counters."""

    name: str
    size: int
    host: str = "127.0.0.1"
    day: int = 0
    is_redesigned: bool = False
    port: int = 0
    articles: dict[int, str] = field(default_factory=dict)  # number -> body
    away: set[int] = field(default_factory=set)  # articles answered with 404
    home_for: set[int] = field(default_factory=set)  # articles answered with a redirect to the front page
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.articles = {number: self.body(number) for number in range(1, self.size + 1)}
        self._server = ThreadingHTTPServer((self.host, 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def netloc(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, number: int) -> str:
        return f"http://{self.netloc}/info/1012/{1000 + number}.htm"

    def body(self, number: int) -> str:
        """Return six paragraphs that no other article has."""
        chance = random.Random(f"{self.name} {number}")
        sentences = ("，".join("".join(chance.sample(WORDS, 4)) for _ in range(3)) + "。" for _ in range(18))
        said = list(sentences)
        return "\n".join("".join(said[n : n + 3]) for n in range(0, 18, 3))

    def edit(self, number: int) -> None:
        """Correct a sentence, as an editor does."""
        first, _, rest = self.articles[number].partition("。")
        self.articles[number] = f"{first}，数字已经订正为{number + 7}人。{rest}"

    def add(self, numbers: range) -> None:
        self.articles |= {number: self.body(number) for number in numbers}

    def answer(self, path: str) -> tuple[int, str]:
        """Return status and page, or status and target."""
        if path in ("/", "/index.htm"):
            return 200, self._list(1)
        if path == "/xyyw.htm":
            return 200, self._list(1)
        if path.startswith("/xyyw/") and path[6:-4].isdigit():
            return 200, self._list(self._pages - int(path[6:-4]) + 1)
        number = int(path[11:-4]) - 1000 if path.startswith("/info/1012/") and path[11:-4].isdigit() else 0
        if number in self.home_for:
            return 302, "/"
        if number not in self.articles or number in self.away:
            return 404, MISSING
        return 200, (self._redesigned if self.is_redesigned else self._article)(number)

    @property
    def _pages(self) -> int:
        return -(-len(self.articles) // PER_LIST)

    def _title(self, number: int) -> str:
        return "".join(random.Random(f"title {self.name} {number}").sample(WORDS, 5)) + f"之{number}"

    def _date(self, number: int) -> str:
        return f"2024-{1 + number * 11 // (self.size + 200):02d}-{1 + number % 28:02d} 09:{number % 60:02d}"

    def _hot(self, number: int) -> str:
        chance = random.Random(f"hot {self.day} {number}")
        shown = chance.sample(sorted(self.articles), min(8, len(self.articles)))
        return "".join(f'<li><a href="/info/1012/{1000 + n}.htm">{self._title(n)}</a></li>' for n in shown)

    def _list(self, page: int) -> str:
        newest = sorted(self.articles, reverse=True)
        shown = newest[(page - 1) * PER_LIST : page * PER_LIST]
        rows = "".join(
            f'<li><a href="/info/1012/{1000 + n}.htm">{self._title(n)}</a><span>{self._date(n)[:10]}</span></li>'
            for n in shown
        )
        older = self._pages - page
        after = f'<a href="/xyyw/{older}.htm" class="Next">下页</a>' if older > 0 else ""
        return f"""<html><head><title>校园要闻-{self.name}</title><meta charset="utf-8"></head><body>
<div class="nav"><a href="/">首页</a><a href="/xyyw.htm">校园要闻</a></div>
<ul class="list">{rows}</ul><div class="pages">{after}</div></body></html>"""

    def _article(self, number: int) -> str:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.articles[number].split("\n"))
        return f"""<html><head><title>{self._title(number)}-{self.name}</title><meta charset="utf-8">
<META Name="PubDate" Content="{self._date(number)}"></head><body>
<div class="nav"><a href="/">首页</a> &gt; <a href="/xyyw.htm">校园要闻</a> &gt; 正文</div>
<form name="_newscontent_fromname"><h1>{self._title(number)}</h1>
<div class="info">发布时间：{self._date(number)}　来源：宣传部　作者：林晓　点击数：{self.day * 977 + number}</div>
<div id="vsb_content" class="content"><div class="v_news_content">{text}</div></div></form>
<div class="hot"><h3>热门新闻</h3><ul>{self._hot(number)}</ul><p>今日访问 {self.day * 31 + number}</p></div>
<div class="footer">版权所有 {self.name} 电话 010-00000000</div></body></html>"""

    def _redesigned(self, number: int) -> str:
        """Another system: other names, the hot list within the text, no source, the date in words that no rule reads."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.articles[number].split("\n"))
        return f"""<html><head><title>{self.name} | {self._title(number)}</title><meta charset="utf-8"></head><body>
<header><a href="/">首页</a><a href="/xyyw.htm">校园要闻</a></header>
<main><h2>{self._title(number)}</h2><section class="story">{text}
<p>校园一景：{self.name}的第{self.day}天，湖边的柳树绿了，操场上有人走过。</p>
<p>图书馆今天来了{self.day * 977 + number}人，座位还有不少。</p></section></main>
<aside><ul>{self._hot(number)}</ul></aside><footer>{self.name} 2024</footer></body></html>"""


def _handler(site: AgeingSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, said = site.answer(self.path.partition("?")[0])
            body = b"" if status == 302 else said.encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", said)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


START = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


def clock() -> datetime:
    """The time as the crawls of an ageing site are told it (`-s CLOCK=tests.ageing.clock`): so many days later."""
    real = datetime.now(UTC) - START
    return START + timedelta(days=int(os.environ["AGEING_DAY"]), seconds=real.total_seconds() % 20_000)


@dataclass(slots=True)
class Ages:
    """What happens to two sites in five days: one ages, the other is redesigned on the fourth day."""

    ageing: AgeingSite
    redesigned: AgeingSite
    edited: int
    removed: int
    back: int
    added: int

    def dawn(self, day: int) -> None:
        """Let a day begin."""
        self.ageing.day = self.redesigned.day = day
        numbers = random.Random("ages").sample(range(2, self.ageing.size + 1), self.edited + self.removed + self.back)
        edited, rest = numbers[: self.edited], numbers[self.edited :]
        removed, back = rest[: self.removed], rest[self.removed :]
        if day == 1:
            self.ageing.away |= set(back)
        if day == 3:
            self.ageing.away = set(removed[::2])
            self.ageing.home_for = set(removed[1::2])
            for number in edited:
                self.ageing.edit(number)
            self.ageing.add(range(self.ageing.size + 1, self.ageing.size + self.added + 1))
            self.redesigned.is_redesigned = True

    def write_seeds(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        for key, site in (("ageing", self.ageing), ("redesigned", self.redesigned)):
            (folder / f"{key}.yaml").write_text(
                f"name: {site.name}\narticles: [{site.url(1)}]\nlists: ['http://{site.netloc}/xyyw.htm']\n"
                f'hosts: ["{site.netloc}"]\nprivate_hosts: ["{site.netloc}"]\npoliteness: {{delay: 0, concurrency: 8}}\n',
                "utf-8",
            )


def crawl_command(archive: Path, seeds: Path) -> list[str]:
    """Return what follows `scrapy` on the command line of one day's crawl: of everything, whatever the revisit policy."""
    given = {
        "ARCHIVE_DIR": archive,
        "SEEDS_DIR": seeds,
        "CLOCK": "tests.ageing.clock",
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    }
    settings = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    return ["crawl", "news", "-a", "full=1", *settings]


def environment(day: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CRAWLER_")}
    return {**kept, "AGEING_DAY": str(day), "COLUMNS": "200"}


def state(archive: Path) -> dict[str, object]:
    """Return what the catalog says after a day."""
    with closing(sqlite3.connect(f"{archive.as_uri()}/catalog.db?mode=ro", uri=True)) as db:

        def one(sql: str) -> int:
            return int(db.execute(sql).fetchone()[0])

        last = "(SELECT max(run) FROM runs)"
        return {
            "documents": one("SELECT count(*) FROM documents"),
            "new": one(f"SELECT count(*) FROM visits WHERE run = {last} AND outcome = 'new'"),
            "changed": one(f"SELECT count(*) FROM visits WHERE run = {last} AND outcome = 'changed'"),
            "versions": one("SELECT count(*) FROM versions WHERE version > 1"),
            "false versions": one("SELECT count(*) FROM documents WHERE site = 'redesigned' AND version > 1"),
            "corrections": one("SELECT count(*) FROM changes WHERE kind = 'correction'"),
            "gone": one("SELECT count(*) FROM documents WHERE status = 'gone'"),
            "returned": one("SELECT count(*) FROM absences WHERE returned IS NOT NULL"),
            "drifts": [*map(tuple, db.execute("SELECT site, how FROM drifts ORDER BY site"))],
            "drift issues": one(f"SELECT count(*) FROM issues WHERE run = {last} AND code = 'drift'"),
            "held": one("SELECT count(*) FROM held"),
        }
