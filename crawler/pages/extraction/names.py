"""Names: what persons are called, and organisations that sign as persons do. A value is parted into them; what is neither is left out."""

import re
from collections.abc import Iterator
from itertools import dropwhile, takewhile

from crawler.pages.extraction.roles import label_of
from crawler.pages.extraction.surnames import COMPOUND, SINGLE

SPLIT = re.compile(r"[、,，;；/／&|｜]|\s(?:and|与|和)\s")
LATIN_NAME = re.compile(r"^[A-Z][\w.'-]{0,20}(?: [A-Z][\w.'-]{0,20}){1,3}$")  # of several words
LATIN = re.compile(r"^[A-Za-z][\w.'-]{1,19}$")
MINORITY = re.compile(r"^[\u4e00-\u9fff]{1,6}[·•・.][\u4e00-\u9fff·•・.]{1,12}$")
HAN = re.compile(r"^[\u4e00-\u9fff]{2,4}$")
SPACED_NAME = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]{1,4}([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
CODE = re.compile(
    r"[\s_(（]{0,3}(?<![A-Za-z])[A-Z]{1,4}\d{2,7}[)）]?$"
)  # of an editor in a portal's system: 杜硕_NB12556
ASIDE = re.compile(
    r"(?<=[^\s（(])[（(][^（()）]{0,80}[)）]?|《[^》]{0,80}》?.{0,80}"
)  # （整理）, the book a text was taken from
BACK = re.compile(r"返回.{0,80}$")  # a portal's link behind the last name
WIRED = re.compile(r"[\u4e00-\u9fff]{2}\d{1,2}日[电電]$")  # 記者沈若水台北5日電: where and when it was sent
DONE = re.compile(
    r"(?<=..)(?:摄影报道|[报報][道導]|摄影?|攝影?|拍摄|绘|制图|供图|供稿|撰稿|撰文|采写|文图|图文|整理|辑自|摘自|节选自|改编自?|编著|编译|編譯|主编|编|著|译|等人?|等同学)$"
)  # what they did: 张立摄, 许雯辑自
UNIT = re.compile(
    r"^[\u4e00-\u9fffA-Za-z0-9（）()·“”]{2,30}?(?:大学|学院|学校|中学|小学|中心|部|处|院|系|所|馆|室|局|委|会|社|站|台|团|队|支部|委员会|科|办|办公室|集团|公司|网|频道|小组|课题组"
    r"|栏目组|剧组|班|组|基地|实验室|杂志|报|编辑部|工作室|平台|联盟|工会|医院|书院|党委|团委|校区|研会|大學|學院|學校|處|館|學會|辦公室|組|團)$"
)
POSITION = (
    "书记 校长 院长 部长 处长 科长 局长 所长 主任 主席 会长 秘书长 馆长 台长 社长 教授 副教授 讲师 研究员 副研究员 院士 博士 "
    "硕士 博士生 硕士生 研究生 本科生 学生 老师 教师  "
    "辅导员 评论员 撰稿人 作者 作家 专家 主编 执行院长 顾问 理事长 理事 工程师 记者 通讯员 导师 同学 学者 律师 医师 经理 总监 董事长 負責人 负责人"
).split()
_POSITION = "|".join(sorted(POSITION, key=len, reverse=True))
HOLDER = re.compile(rf"^.{{0,40}}(?:{_POSITION})(?P<name>[\u4e00-\u9fff·]{{2,4}})$")  # 研究部部长、研究员徐占忱
OFFICE = re.compile(rf"(?:{_POSITION})[”\"]?$")
PLACES = (
    "中国 北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 "
    "云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾  "
    "中央 国家 全国 清华 复旦 南开 南京 武汉 中山 台北 臺北 新北 桃園 台中 臺中 台南 臺南 "
    "高雄 基隆 新竹 苗栗 彰化 南投 雲林 嘉義 屏東 宜蘭 花蓮 台東 臺東 澎湖 金門  "
    "华东 华中 华南 华北 西南 西北 东北 东南 同济 厦门 大连 哈尔滨 西安 成都 杭州 广州 深圳"
).split()
EMPLOYED = re.compile(
    rf"^(?P<name>[\u4e00-\u9fff]{{2,3}})(?:系|为|：)?(?:{'|'.join(PLACES)}).{{2,40}}$"
)  # 方敏北京大学经济学院教授
# 王小芳教授; 荣誉教授 and 高分子学教授 are nobody's names.
TITLED = re.compile(r"^(?P<name>[\u4e00-\u9fff]{2}[^\W学系级校院])(?:副?教授|老师|博士|院士|同学)$")
IS = re.compile(r"^(?:系|为|是|现任|曾任|曾获|均为|来自)")
NOBODY = re.compile(
    r"[:：。？！?!《》“”]|^\d+$|\d\s?[年月日级期版]|^(?:网络|本站|本网|本报|本刊|本台|无|暂无|未知|匿名|佚名|原创|转载|管理员|系统管理员|超级管理员|网站管理员|admin|administrator"
    r"|super ?(?:user|admin)|webmaster|root|manager|guest|test|null|undefined|editor|摄|图|文|编|绘|提供|资料图|资料图片"
    r"|手记|现场|本人|学生|网友|编者|供图|视频|图片|来源)$"
    r"|来自网[络絡]|^(?:最新|更多|其他|其它|简介|介绍|单位|信息|登录|返回|查看|点击|分享|设置|上一|下一|摘自|选自|图为|图片)|(?:会议室|教室|报告厅|证书|材料|手续)$|^人(?:认为|建议|指出|表示)|(?:记者|通讯员|[报報][道導])$",
    re.IGNORECASE,
)
OF_UNITS = ("学院", "中心", "学校", "部", "处", "院", "系", "馆", "委", "局", "网")  # ends of what is no person
MAX_NAME = 24  # characters of an organisation's name; a sentence is longer


def split_names(value: str, *, strict: bool = False) -> list[str]:
    """Return the names of a value: 王 芳 is one name, 王芳 李雷 are two, 李文茹张禧睿 are two.

    An organisation before a person's name is where they are from (九院 王芳); alone it is a name. Strict: persons with a known surname
    alone, and none behind the first word that is no name, for places where a sentence may stand as well.
    """
    names: list[str] = []
    for all_words in _words(value):
        words = list(dropwhile(is_unit, all_words)) if strict else all_words  # 记者 化学学院 王芳
        persons = list(takewhile(lambda word: is_person(word, strict=strict) or not strict, words))
        persons = [name for word in persons if is_person(word, strict=strict) for name in _parted(word)]
        names.extend(persons or ([] if strict else [word for word in words if is_unit(word)]))
        if strict and len(persons) < len(words):
            break
    return names


def is_names(value: str) -> bool:
    """Return whether a value is nothing but names of persons."""
    words = [word for part in _words(value) for word in part]
    return bool(words) and all(is_person(word) for word in words)


def is_person(name: str, *, strict: bool = True) -> bool:
    """Return whether a text is a person's name; if not strict, also a pen name of two to four characters (胡一刀, 思源)."""
    if NOBODY.search(name) or label_of(name) or name.endswith(OF_UNITS):
        return False
    if HAN.match(name):
        has_surname = name[0] in SINGLE and (len(name) < 4 or name[1] in SINGLE)
        return has_surname or (name[:2] in COMPOUND and len(name) > 2) or not (strict or is_unit(name))
    if MINORITY.match(name) or LATIN_NAME.match(name) or len(_parted(name)) > 1:
        return True
    return bool(LATIN.match(name) and (not strict or name[0].isupper()))


def is_unit(name: str) -> bool:
    """Return whether a text is the name of an organisation."""
    return len(name) <= MAX_NAME and bool(UNIT.match(name)) and not NOBODY.search(name)


def _bare(value: str) -> str:
    """Return a value without the brackets around it, and without an editor's code."""
    value = value.strip(" \t　:：.·■●-—|丨︱")
    while value[:1] in "（(【[" and value[-1:] in "）)】]" and len(value) > 1:
        value = value[1:-1].strip()
    return CODE.sub("", value)


def _words(value: str) -> Iterator[list[str]]:
    """Yield what separators part, each as the words that white space parts; a Latin name of several words is one word."""
    text = ASIDE.sub("", BACK.sub("", SPACED_NAME.sub(r"\1\2", _bare(value))))
    for part in map(str.strip, SPLIT.split(text)):
        words = [part] if LATIN_NAME.match(part) else part.split()
        yield [word for word in map(_clean, words) if word]


def _clean(word: str) -> str:
    """Return a word without brackets, without what its person did, is, or where they work."""
    word = CODE.sub("", word.strip("（）()【】[]<> .·■●◆△▲-—*"))
    word = DONE.sub("", WIRED.sub("", word))
    if IS.match(word):
        return ""
    if (holder := HOLDER.match(word)) and is_person(holder["name"]):
        return holder["name"]
    if (titled := TITLED.match(word)) and is_person(titled["name"]):
        return titled["name"]
    if OFFICE.search(word):
        employed = EMPLOYED.match(word)
        return employed["name"] if employed and is_person(employed["name"]) else ""
    return word


def _parted(name: str) -> list[str]:
    """Return a name, or two of three characters each that were run together."""
    if len(name) == 6 and name[0] in SINGLE and name[3] in SINGLE and name.isalpha() and not is_unit(name):
        return [name[:3], name[3:]]
    return [name]
