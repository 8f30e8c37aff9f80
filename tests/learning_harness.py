"""Ten articles of one site that nobody described, whose pages share a frame."""

from datetime import UTC, datetime

from crawler.items import Capture, Site
from tests import factories

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOST = "www.example.edu.cn"
SITE = Site(key="example", name="示例大学", hosts=(HOST,))
APPEAL = "关注学校公众号，每天清晨送上校园里的新鲜事，欢迎投稿。"
FRAME = f"<p>{APPEAL}</p><p><a href='/zt/'>校庆专题</a></p>"
TOPICS = "图书馆 实验楼 体育场 博物馆 医学院 农学院 合唱团 天文台 植物园 出版社 档案馆 幼儿园".split()


def page(number: int, *, inside: str = FRAME, topic: str | None = None) -> str:
    about = topic or TOPICS[number]
    text = "".join(
        f"<p>{about}{n}日迎来第{number}{n}位参观者，{about}为他准备了一份有意义的纪念品。</p>" for n in "三四五"
    )
    stamp = f"<h1>{about}迎来参观者</h1><p>发布时间：2026-05-{number + 1:02d}</p>"
    return f"<html><head><title>{about}迎来参观者</title></head><body><div>{stamp}{text}{inside}</div></body></html>"


def capture(number: int, html: str, at: datetime = START) -> Capture:
    url = f"https://{HOST}/show.jsp?id={number}"
    return factories.page(html, url, at=at)


def pages(count: int = 10, inside: str = FRAME) -> list[Capture]:
    return [capture(number, page(number, inside=inside)) for number in range(count)]
