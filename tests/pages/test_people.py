"""People and sources: read where a role is printed as one, in every form a byline takes."""

from time import process_time

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from crawler.pages.extraction.fields import is_credit, is_label, read_fields
from crawler.pages.extraction.names import is_person, split_names
from crawler.pages.extraction.people import people_of
from crawler.pages.extraction.sources import source_of

FAST = settings(derandomize=True, deadline=None, max_examples=300)
MARKS = st.lists(
    st.sampled_from(
        [
            *"王芳李雷张：:/|、，（）()【】 　。",
            "记者",
            "通讯员",
            "摄影",
            "文",
            "图",
            "文/图",
            "来源：",
            "编辑",
            "2024-05-06",
            "浏览",
        ]
    ),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("王芳", ["王芳"]),
        ("王 芳", ["王芳"]),
        ("王芳 李雷", ["王芳", "李雷"]),
        ("王芳、李雷，张立；赵敏/钱进", ["王芳", "李雷", "张立", "赵敏", "钱进"]),
        ("王芳　李雷", ["王芳", "李雷"]),
        ("李文茹张禧睿", ["李文茹", "张禧睿"]),
        ("欧阳修文", ["欧阳修文"]),
        ("阿卜杜拉·买买提", ["阿卜杜拉·买买提"]),
        ("（王芳）", ["王芳"]),
        ("张立摄", ["张立"]),
        ("张立 摄", ["张立"]),
        ("Mei Lin and Arthur Qin", ["Mei Lin", "Arthur Qin"]),
        ("本报记者 王芳", ["王芳"]),
        ("王芳等", ["王芳"]),
        ("林舟（整理） 苏晚", ["林舟", "苏晚"]),
        ("苏晚辑自《云台百年》（林舟、何敏编著）", ["苏晚"]),
        ("林舟 系云台大学校长；苏晚 系云台大学党委书记", ["林舟", "苏晚"]),
        ("林舟中国云台大学教授", ["林舟"]),
        ("研究部部长、研究员林舟", ["林舟"]),
        ("湖畔医院 林舟", ["林舟"]),
        ("云台大学摄影协会", ["云台大学摄影协会"]),
        ("苏晚_NB12556", ["苏晚"]),
        ("NF055", []),
        ("胡一刀", ["胡一刀"]),
        ("Super User", []),
        ("点击次数", []),
        ("申请人携带身份证", []),
        ("无", []),
        ("管理员", []),
        ("12", []),
        ("", []),
        ("　、，", []),
    ],
)
def test_names_are_parted(value: str, names: list[str]) -> None:
    assert split_names(value) == names


@FAST
@given(st.text(max_size=60) | MARKS)
def test_no_name_is_empty(value: str) -> None:
    assert all(name.strip() for name in split_names(value))


@FAST
@given(st.lists(MARKS, max_size=4), st.lists(MARKS, max_size=12))
def test_no_role_is_without_a_name(infos: list[str], texts: list[str]) -> None:
    people = people_of(infos, texts)
    assert all(names and all(name.strip() for name in names) for names in people.values())
    assert all(len(set(names)) == len(names) for names in people.values())


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("来源：宣传部 作者：王芳 发布时间：2024-05-06", {"作者": ("王芳",)}),
        ("撰稿：王芳　摄影：李雷　审核：张立", {"撰稿": ("王芳",), "摄影": ("李雷",), "审核": ("张立",)}),
        ("文/图：王芳", {"文/图": ("王芳",)}),
        ("文：王芳 图：李雷", {"文": ("王芳",), "图": ("李雷",)}),
        ("【作者】：王芳 【编辑】：李雷", {"作者": ("王芳",), "编辑": ("李雷",)}),
        ("作者: 王 芳 点击：12", {"作者": ("王芳",)}),
        ("编辑丨王芳", {"编辑": ("王芳",)}),
        ("学生记者：王芳 责任编辑：李雷", {"学生记者": ("王芳",), "责任编辑": ("李雷",)}),
        ("供稿单位：物理学院", {"供稿单位": ("物理学院",)}),
        ("来源：物理学院 文字作者：王芳 图片作者：李雷", {"文字作者": ("王芳",), "图片作者": ("李雷",)}),
        ("一审一校：王芳 二审二校：李雷", {"一审一校": ("王芳",), "二审二校": ("李雷",)}),
        ("录入：王芳　审核：李雷　时间：2023-09-14", {"录入": ("王芳",), "审核": ("李雷",)}),
        ("2023-09-14 | 来源：云台网 | 记者 王芳 | 责编 李雷", {"记者": ("王芳",), "责编": ("李雷",)}),
        ("作 者：王芳来 源：教务处", {"作者": ("王芳",)}),
        ("教务处 王芳 李雷/文 张立/图 2023-09-14", {"文": ("王芳", "李雷"), "图": ("张立",)}),
        ("發佈日期：2024年4月17日 | 文：傳訊處 | 圖：陳大文", {"文": ("傳訊處",), "圖": ("陳大文",)}),
        (
            "值班编辑：王芳 图片编辑：李雷 栏目主编：何敏",
            {"值班编辑": ("王芳",), "图片编辑": ("李雷",), "栏目主编": ("何敏",)},
        ),
        (
            "责任编辑人：王芳 选稿：李雷 封面制图：何敏",
            {"责任编辑人": ("王芳",), "选稿": ("李雷",), "封面制图": ("何敏",)},
        ),
        ("总监制：王芳 一审：李雷 终审人：何敏", {"总监制": ("王芳",), "一审": ("李雷",), "终审人": ("何敏",)}),
        ("监 制：王芳", {"监制": ("王芳",)}),
        ("撰稿、摄影：王芳", {"撰稿、摄影": ("王芳",)}),
        ("作者：策划：王芳 文字：李雷", {"策划": ("王芳",), "文字": ("李雷",)}),
        ("作者：湖畔社 王芳 指导老师 李雷", {"作者": ("王芳",), "指导老师": ("李雷",)}),
        ("发表于2024-05-06 | 来源云台网 | 作者王芳", {"作者": ("王芳",)}),
        ("执笔/王芳、李雷", {"执笔": ("王芳", "李雷")}),
        ("题图来源：云台社 编辑：王芳", {"编辑": ("王芳",)}),
        ("资料图：会议现场", {}),
        ("2013-09-02 08:30 通讯员 赵明瑄", {"通讯员": ("赵明瑄",)}),
        ("作者： 发布时间：2024-05-06", {}),
        ("来源：宣传部 浏览：3", {}),
    ],
)
def test_a_line_of_metadata(line: str, people: dict[str, tuple[str, ...]]) -> None:
    assert people_of([line], []) == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("南开新闻网讯（记者 王芳 通讯员 李雷）5月11日，志愿者走进社区。", {"记者": ("王芳",), "通讯员": ("李雷",)}),
        ("本网讯（通讯员李文茹张禧睿）5月11日，志愿者走进社区。", {"通讯员": ("李文茹", "张禧睿")}),
        ("湖畔网讯（通讯员 王芳 摄影 李雷）新年第一天。", {"通讯员": ("王芳",), "摄影": ("李雷",)}),
        ("（文/图 何敏　编辑 苏晓）", {"文/图": ("何敏",), "编辑": ("苏晓",)}),
        ("活动在掌声中结束。（记者 王芳）", {"记者": ("王芳",)}),
        ("编辑：韩露", {"编辑": ("韩露",)}),
        ("王芳、李雷 报道", {"报道": ("王芳", "李雷")}),
        ("物理学院、图书馆供稿 摄影/王芳", {"供稿": ("物理学院", "图书馆"), "摄影": ("王芳",)}),
        ("■云台报记者 王芳/文 李雷/图", {"文": ("王芳",), "图": ("李雷",)}),
        ("新报讯【记者 王芳 通讯员 李雷】志愿者走进社区。", {"记者": ("王芳",), "通讯员": ("李雷",)}),
        ("台前幕后。（来源：云台社客户端 记者 王芳 李雷）", {"记者": ("王芳", "李雷")}),
        ("△校门前的广场（云台台记者王芳拍摄）", {}),
        ("记者手记", {}),
        ("（本文图片由作者提供）", {}),
        ("记者：这个活动会继续吗？", {}),
        ("记者：我们注意到，学校今年扩大了招生。", {}),
        ("图：校门口的银杏树已经全黄了", {}),
        ("记者在现场看到，五个颜色的桶前排起了队。", {}),
        ("图书馆新馆（东区）今天开放。", {}),
        ("他是一名编辑，也是一名作者。", {}),
    ],
)
def test_a_byline_in_the_text_and_what_only_looks_like_one(text: str, people: dict[str, tuple[str, ...]]) -> None:
    assert people_of([], [text]) == people


@pytest.mark.parametrize(
    ("name", "known"),
    [
        *(("王芳", True), ("欧阳明", True), ("许邹佳仡", True), ("阿依古丽·买买提", True), ("Mei Lin", True)),
        *(
            ("胡一刀", True),
            ("思源", False),
            ("会议现场", False),
            ("文学院", False),
            ("作者", False),
            ("管理员", False),
        ),
    ],
)
def test_a_person_has_a_surname_of_the_register(name: str, known: bool) -> None:
    assert is_person(name) is known


@pytest.mark.parametrize(
    ("text", "in_cell", "told"),
    [
        *(("作者：", False, True), ("【作者】：", False, True), ("作 者：", False, True), ("发布时间:", False, True)),
        *(
            ("作者", True, True),
            ("作者", False, False),
            ("文", True, False),
            ("作者：王芳", False, False),
            ("通知：", False, False),
        ),
    ],
)
def test_a_label_may_stand_in_an_element_of_its_own(text: str, in_cell: bool, told: bool) -> None:
    assert is_label(text, in_cell=in_cell) is told


def test_bylines_stand_at_the_ends_of_a_text() -> None:
    texts = [f"第{n}段。" for n in range(30)]
    texts[15] = "编辑：韩露"
    assert people_of([], texts) == {}
    texts[16] = "作者：苏晚"  # several together close a text that other things follow
    assert people_of([], texts) == {"编辑": ("韩露",), "作者": ("苏晚",)}
    texts[15] = texts[16] = "第几段。"
    texts[28] = "编辑：韩露"
    assert people_of([], texts) == {"编辑": ("韩露",)}


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("来源：宣传部", "宣传部"),
        ("来源: 宣传部 作者：王芳", "宣传部"),
        ("信息来源：教务处 发布时间：2024-05-06", "教务处"),
        ("稿源：湖畔大学新闻网 2024-05-06 10:00", "湖畔大学新闻网"),
        ("来源：天津日报2023年05月19日 4版 发布时间：2023-05-21", "天津日报2023年05月19日 4版"),
        ("2024-05-06 来源：春城日报", "春城日报"),
        ("來源：國際處", "國際處"),
        ("来源：人民网 分享 打印", "人民网"),
        ("Author: Mary Li Source: Publicity Office", "Publicity Office"),
        ("Photo source: Liutang Press", None),
        ("来源： 作者：王芳", None),
        ("来源：云台日报 选稿：王芳", "云台日报"),
        ("来源：《云台日报》 2017.08.25 第05版", "《云台日报》"),
        ("来源：云台日报 2-26 王芳", "云台日报"),
        ("来源：云台日报 王芳 李雷", "云台日报"),
        ("2024年5月6日来源：宣传部阅读次数：3", "宣传部"),
        ("日期：2024年05月06日来源：云台日报阅读次数：", "云台日报"),
        ("阅读：12次来源：宣传部", "宣传部"),
        ("作者：王芳来源：宣传部", "宣传部"),
        ("图片来源：云台社", None),
        ("食品来源：云台社", None),
        ("水的来源很多", None),
        ("来源：" + "长" * 80, None),
    ],
)
def test_a_source_is_kept_verbatim_to_the_next_label(line: str, source: str | None) -> None:
    assert source_of(line) == source


def test_a_linked_source_ends_with_its_link() -> None:
    assert source_of("来源：春城日报 点击查看原文", ["春城日报"]) == "春城日报"


@pytest.mark.parametrize(
    "line", ["作者：王芳", "（撰稿：王芳 摄影：李雷）", "编辑 ：王芳 | 审核：李雷", "来源：宣传部"]
)
def test_a_credit_is_nothing_but_roles_and_names(line: str) -> None:
    assert is_credit(line)


@pytest.mark.parametrize(
    "line", ["", "本文作者：王芳", "编辑王芳", "文/图 何敏　编辑 苏晓", "作者：" + "字" * 60, "记者在现场看到"]
)
def test_anything_more_is_no_credit(line: str) -> None:
    assert not is_credit(line)


def test_fields_are_read_in_order() -> None:
    fields = read_fields("来源：宣传部 作者：王芳 编辑： 审核：李雷")
    assert [(field.label, field.value) for field in fields] == [
        ("来源", "宣传部"),
        ("作者", "王芳"),
        ("审核", "李雷"),
    ]


@pytest.mark.parametrize(
    "piece", ["记者：", "文/a ", "来源： ", "文/图", "（记者", "记者 王芳 ", "【", "编辑|", "2024-", "拍摄", "王芳/"]
)
@pytest.mark.parametrize("end", ["", "字" * 60, "："])
def test_a_line_made_to_be_tried_in_every_way_is_read_at_once(piece: str, end: str) -> None:
    line = (piece * 80)[:250] + end
    started = process_time()
    is_credit(line[:159]), read_fields(line), source_of(line), people_of([line], [line])
    assert process_time() - started < 1


@pytest.mark.parametrize(
    ("infos", "texts", "people"),
    [
        ([], ["编：王芳　审：李雷　校：赵敏"], {"编": ("王芳",), "审": ("李雷",), "校": ("赵敏",)}),
        (
            [],
            ["文/王芳 图/李雷 编/赵敏 审/周立新"],
            {"文": ("王芳",), "图": ("李雷",), "编": ("赵敏",), "审": ("周立新",)},
        ),
        ([], ["（我校 王芳）与会者围绕阅读展开讨论。"], {}),
        ([], ["校：从办学历程看，共分三段。"], {}),
        ([], ["审：评审会定于下周召开"], {}),
    ],
)
def test_edit_check_and_proof_are_roles_of_one_character_at_a_boundary(
    infos: list[str], texts: list[str], people: dict[str, tuple[str, ...]]
) -> None:
    assert people_of(infos, texts) == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("校报讯 记者王芳 通讯员李雷 11月2日，读书分享会在图书馆举行。", {"记者": ("王芳",), "通讯员": ("李雷",)}),
        ("本报讯 记者 王芳 近日，读书分享会在图书馆举行。", {"记者": ("王芳",)}),
        ("本报讯 记者采访时了解到，今年的活动规模有所扩大。", {}),
        ("本报讯 记者从学校获悉，报名今天开始。", {}),
        ("通讯 记者节当天，校园媒体开放。", {}),
    ],
)
def test_reporters_stand_without_brackets_behind_where_a_text_is_from(
    text: str, people: dict[str, tuple[str, ...]]
) -> None:
    assert people_of([], [text, "与会者围绕阅读展开讨论。"]) == people


@pytest.mark.parametrize(
    ("infos", "texts", "people"),
    [
        ([], ["（王芳撰稿 李雷摄影）"], {"撰稿": ("王芳",), "摄影": ("李雷",)}),
        ([], ["（化学学院供稿，王芳撰稿，李雷摄影）"], {"供稿": ("化学学院",), "撰稿": ("王芳",), "摄影": ("李雷",)}),
        ([], ["（文/图 化学学院 王芳 李雷 审核/赵敏）"], {"文/图": ("王芳", "李雷"), "审核": ("赵敏",)}),
        (["（新闻中心 王芳 摄影 李若水）"], [], {"摄影": ("李若水",)}),
        (["由 李晓彤 发布于 2023-11-03"], [], {"发布": ("李晓彤",)}),
        (["由学校发布 2023-11-03"], [], {}),
        ([], ["Text by Chen Jing", "Photo by Zhou Yang"], {"Text by": ("Chen Jing",), "Photo by": ("Zhou Yang",)}),
        ([], ["撰稿：赵启明教授"], {"撰稿": ("赵启明",)}),
        ([], ["撰稿：高分子学教授"], {}),
        ([], ["摄影：从光影中看校园是本次讲座的主题，共两场。"], {}),
    ],
)
def test_names_before_their_roles_whole_brackets_and_titles(
    infos: list[str], texts: list[str], people: dict[str, tuple[str, ...]]
) -> None:
    assert people_of(infos, texts) == people


def test_a_reporter_and_their_paper_stand_beside_a_date() -> None:
    line = "云台日报客户端 记者 赵启明 2023-11-03 09:15"
    assert people_of([line], []) == {"记者": ("赵启明",)}
    assert source_of("来源：云台日报 记者 赵启明") == "云台日报"


def test_who_posted_it_stands_before_the_day() -> None:
    assert people_of(["Posted by 周立新 on 2023-11-03"], []) == {"Posted by": ("周立新",)}
    assert people_of(["Posted by Zhou Lixin on 2023-11-03"], []) == {"Posted by": ("Zhou Lixin",)}


def test_a_sentence_behind_the_label_of_a_source_is_none() -> None:
    assert source_of("来源：参会人员自报的数据，有效问卷三百份。") is None
    assert source_of("来源：宣传部，校团委") == "宣传部，校团委"
