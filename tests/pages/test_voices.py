"""How far the voices agree where a body is, and which of them is believed."""

from crawler.items import Article, Capture
from crawler.pages.extraction import Page, parse
from crawler.pages.extraction.container import Weights, below_title, by_weight, named_container
from crawler.pages.extraction.voices import agreement, confidence_of, weighed_container
from crawler.pages.reading import read
from tests import factories

TITLE = "第三届校园读书节开幕"
TEXT = "".join(f"<p>读书节第{n}天，同学们在图书馆前的草坪上交换旧书，朗读自己喜欢的段落。</p>" for n in "一二三四五")
OTHER = "".join(
    f"<p>实验楼第{n}层今天停水，请各位老师提前接好实验用水，并关好水龙头和总阀。</p>" for n in "一二三四五六七"
)


def capture(inside: str) -> Capture:
    html = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>2026-05-06</p>{inside}</body></html>"
    return factories.page(html, headers=())


def page(inside: str) -> Page:
    return parse(capture(inside))


def article(inside: str) -> Article:
    found = read(capture(inside), factories.SITE).article
    assert found is not None
    return found


def test_a_rule_that_names_where_the_text_stands_is_trusted() -> None:
    found = article(f'<div id="vsb_content"><div class="v_news_content">{TEXT}</div></div>')
    assert found.provenance["body"] == "vsb"
    assert found.confidence > 0.95


def test_a_rule_that_names_a_box_beside_the_text_is_doubted() -> None:
    found = article(f'<div id="vsb_content"><p>（图文无关）</p></div><div>{OTHER}</div>')
    assert found.provenance["body"] == "vsb"
    assert found.confidence < 0.5


def test_a_rule_without_any_other_voice_is_nearly_certain() -> None:
    assert article('<div id="vsb_content"><p><img src="/1.jpg"></p></div>').confidence == 0.9


def test_a_page_without_a_text_leaves_little_to_trust() -> None:
    assert article('<p>发布时间：2026-05-06</p><div><img src="/1.jpg"></div>').confidence < 0.5


def test_agreement_is_of_weight_not_of_lines() -> None:
    held = page(f"<div>{TEXT}<p>关闭</p><p>打印</p></div>")
    weights = Weights(held)
    tight, run = by_weight(held, weights), below_title(held, weights, TITLE)
    assert tight is not None
    assert run is not None
    assert agreement(weights, tight, run) > 0.95
    assert agreement(weights, tight, tight) == 1.0


def test_no_voice_but_one_of_weight_is_a_guess() -> None:
    held = page(f"<div>{TEXT}</div>")
    weights = Weights(held)
    tight = by_weight(held, weights)
    assert tight is not None
    assert named_container(held, factories.SITE, weights) is None
    assert confidence_of(weights, tight, [None, None]) == 0.6


def test_the_run_below_the_title_wins_over_a_heavier_element_elsewhere() -> None:
    held = page(f"<div>{TEXT}</div><table><tr><td>版权所有</td></tr></table><div>{OTHER}</div>")
    weights = Weights(held)
    chosen = weighed_container(held, weights, TITLE, by_weight(held, weights))
    assert chosen is not None
    assert "草坪" in chosen.element.text_content()
    assert "停水" not in "".join(line.text for line in held.lines[chosen.start : chosen.end])


def test_a_voice_does_not_vote_for_itself() -> None:
    held = page(f"<div>{TEXT}</div><div>{OTHER}</div>")
    weights = Weights(held)
    tight = by_weight(held, weights)
    assert tight is not None
    assert confidence_of(weights, tight, [tight]) == confidence_of(weights, tight, [])
    assert confidence_of(weights, tight, [tight, tight]) == 1.0  # two rules, independent of each other, chose the same
