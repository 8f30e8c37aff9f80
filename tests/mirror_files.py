"""Files in the shape of the older mirrors, with every fault they had; the texts are invented."""

from hashlib import md5

HOST = "https://news.lakeside.example"
PAGE = f"{HOST}/info/1135/70226.htm"
FRONT = """\
---
title: {university}->{title} | lakeside.info
date: {date}
urlname: {slug}
slug: {slug}
tags:\x20
- {university}
categories:
- lakeside.info
- {university}
authorbox: false
sidebar: false
---
"""
CLOSING = "[转入文章首发地址]({url})"


def older(
    body: str, url: str = PAGE, *, title: str = "学校召开校园安全工作会", date: str = "2022-11-17 01:22:08.409704"
) -> bytes:
    """Return a whole file."""
    slug = md5(url.encode()).hexdigest()
    front = FRONT.format(university="湖滨大学", title=title, date=date, slug=slug)
    return (front + body + "\n\n" + CLOSING.format(url=url)).encode()


def cut_word() -> bytes:
    """The summary mark in the middle of a number, and three pictures in reverse order at the end."""
    pictures = "\n\n".join(f"![图]({HOST}/pictures/{n}.jpg)" for n in (3, 2, 1))
    return older(
        f"11月15日，学校召开会议。\n\n会后，学校随即召开202\n<!--more-->\n3届校园安全工作会。\n\n**一是要更细** **更实地抓安全。**\n\n{pictures}"
    )


def split_address() -> bytes:
    """The address of one picture as a picture for each of its characters, in reverse, each made absolute against the page."""
    page = f"{HOST}/ywsd/system/2023/05/12/030056077.shtml"
    folder = page.rpartition("/")[0] + "/"
    address = "http://news.lakeside.example/pic/003/000/525/0030_e605ea00.jpg"
    single = [f"{HOST}/" if c == "/" else folder if c == "." else folder + c for c in reversed(address)]
    pictures = "\n\n".join(f"![图]({one})" for one in single)
    body = f"**湖滨新闻网讯** （记者 林晓 摄影\n\n何田）5月11日，学校召开推动会，**要保证真实，**\n\n以数据说话。\n\n{pictures}"
    return older(body, page, title="推动会召开", date="2023-05-19 01:34:59.219875")


def inline_paragraph() -> bytes:
    """A word that stood in an element of its own has become a paragraph."""
    body = (
        "编者按：长期以来，学校坚持安全第一。\n\n**强化责任 用心做事**\n\n"
        "除通过学院网站、公众号、班级\n\nQQ\n\n群、微信群等平台发布外，还一对一转告。"
        "\n\n一、行动主题\n\n用人单位大走访"
    )
    return older(body, f"{HOST}/info/1135/71985.htm", title="【专题】园艺学院：三措并举", date="2023-05-01 01:35:33")
