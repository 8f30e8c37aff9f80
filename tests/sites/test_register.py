"""The register of universities: whose a host is, and what a query means."""

import random

import pytest

from crawler.sites.register import KINDS, institution_of, institutions, known_pages, suggest


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("sicau.edu.cn", "四川农业大学"),
        ("News.SICAU.edu.cn:8080", "四川农业大学"),
        ("a.b.news.nankai.edu.cn.", "南开大学"),
        ("binhai.nankai.edu.cn", "南开大学滨海学院"),
        ("xb.binhai.nankai.edu.cn", "南开大学滨海学院"),
        ("www.vtc.mhedu.sh.cn", "上海闵行职业技术学院"),
        ("jgxy.heuet.edu.cn", "河北经贸大学"),
        ("news.zjgsu.edu.cn", "浙江工商大学"),
        ("www.56edu.com", "湖南现代物流职业技术学院"),
        ("csust.edu.cn", "长沙理工大学"),
        ("news.xupt.edu.cn", "西安邮电大学"),
        ("today.hitwh.edu.cn", "哈尔滨工业大学"),
        ("www.neea.edu.cn", None),
        ("zh.wikipedia.org", None),
        ("www.edu.cn", None),
        ("notsicau.edu.cn", None),
        ("mh.chaoxing.com", None),
        ("127.0.0.1:8642", None),
        ("[::1]", None),
        ("", None),
    ],
)
def test_a_host_belongs_to_the_institution_of_the_domain_it_stands_under(host: str, name: str | None) -> None:
    found = institution_of(host)
    assert (found.name if found else None) == name


def test_the_hosts_of_known_news_pages_belong_to_the_one_whose_pages_they_are_known_as() -> None:
    for institution in random.Random(7).sample(sorted(institutions().values(), key=lambda one: one.domain), 300):
        for page in known_pages(institution):
            assert institution_of(page.host) == institution


def test_every_row_can_be_used() -> None:
    assert len(institutions()) > 2_690
    for domain, institution in institutions().items():
        assert institution_of(f"news.{domain}") == institution
        assert institution.sources >= 1


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("四川农业大学", "四川农业大学"),
        ("  川农大 ", "四川农业大学"),
        ("四川农业大雪", "四川农业大学"),
        ("四川農業大學", "四川农业大学"),
        ("浙大", "浙江大学"),
        ("上海交大", "上海交通大学"),
        ("sicau", "四川农业大学"),
        ("Sichuan Agriculture University", "四川农业大学"),
        ("https://news.sicau.edu.cn/info/1135/70226.htm", "四川农业大学"),
        ("news.sicau.edu.cn", "四川农业大学"),
    ],
)
def test_a_university_is_found_by_what_people_call_it(query: str, name: str) -> None:
    best = suggest(query)[0]
    assert best.institution is not None
    assert best.institution.name == name


def test_what_is_suggested_begins_with_the_lists_of_a_news_site() -> None:
    (found,) = suggest("news.sicau.edu.cn")
    assert found.hosts[0] == "news.sicau.edu.cn"
    kinds = [page.kind for page in found.pages if page.host == "news.sicau.edu.cn"]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert suggest("dky.sicau.edu.cn")[0].hosts[0] == "dky.sicau.edu.cn"  # the host that was asked for stands first


@pytest.mark.parametrize("query", ["", "   ", "foo.example.com", "qqqqqqqq", "http://[", "大学大学大学大学"])
def test_what_nothing_is_known_of_suggests_nothing(query: str) -> None:
    assert suggest(query) == []
