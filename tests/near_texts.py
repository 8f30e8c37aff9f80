"""Invented news with their copies, and news that only look like copies: what near-duplicates are measured on. No word is anybody's.

`labelled()` gives (label, kind, title, body); two texts of one label are the same news. Deterministic.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from opencc_pyo3 import OpenCC

SURNAMES = "林秦周何田柳高丛凌纪顾柏舒郁褚卫蓝岑穆向"
GIVEN = "晓越舟田岸树珊波平影青禾朗宁澄远溪岚知行之安书言若谷"
SCHOOLS = "湖光大学 云台师范大学 海岳大学 松江理工大学 北原农业大学 雁山医学院 南屿海洋大学 白石财经学院 青川交通大学 星桥艺术学院".split()
UNITS = (
    "图书馆 化学与材料学院 校团委 信息中心 后勤保障处 外国语学院 水利工程系 校医院 档案馆 体育部 研究生院 地质博物馆 创业学院 "
    "食品学院 心理中心 植物园 民族学院 国际交流处 测绘学院 音乐系"
).split()
THINGS = (
    "潮汐观测站 双层书库 智能灌溉平台 古籍修复室 低温实验舱 校园无人车 口述史项目 山地观鸟活动 开放实验日 盲文阅览区 夜间自习室 "
    "屋顶菜园 旧书漂流站 方言语料库 青年合唱团 雨水花园 显微摄影展 桥梁模型赛 海藻育苗基地 天文台圆顶 校史皮影戏 听力训练室 "
    "电子显微镜共享平台 急救技能课 草坪音乐会 水下机器人 稻田画 家谱数字化工程 陶艺工坊 风洞试验段"
).split()
PLACES = "明德楼 临湖阅览厅 东操场 三号报告厅 银杏大道 钟楼广场 北区食堂二层 大学生活动中心 老礼堂 温室 西校区体育馆 实验楼一层".split()
PEOPLE = "师生代表 来自十二个院系的新生 校友志愿者 附近中学的教师 社区居民 毕业二十年的校友 退休教授 留学生 课题组成员 值班馆员".split()
FEELINGS = (
    "比想象中安静得多 值得再来一次 让人想起自己的学生时代 把书本上的字变成了手上的活 不大，却样样齐全 "
    "帮了我们很大的忙 还可以办得更久一些"
).split()
ACTS = (
    "查看了设备的运行记录 记录下每一次读数的变化 交换了各自整理的笔记 试用了新装的预约系统 听取了工程进度的说明 现场演示了操作步骤 "
    "讨论了下一阶段的分工 把旧照片一张张贴上展板 为来访者讲解了制作过程 核对了近五年的观测数据 给每件展品写了说明牌 完成了首轮测试"
).split()
RESULTS = (
    "能耗比去年同期下降近两成 平均等候时间缩短到七分钟 参与人数超过了预期 收到的建议将分批答复 全部材料已向校内开放 误差控制在千分之三以内 "
    "已有四家单位提出合作意向 运行首月没有发生故障 为后续研究留下了完整的样本 得到评审专家的一致认可"
).split()
PLANS = (
    "明年春天向公众开放 在两个校区同时推广 编写一本给新生的手册 增设周末场次 与邻近高校共享数据 把经验整理成课程 邀请更多学生参与维护 "
    "建设配套的线上展厅 每月举办一次交流 对设备进行第二轮改造"
).split()
FRAMES = (
    "{month}月{day}日，{school}{unit}在{place}启动{thing}，{people}参加了首场活动。",
    "据介绍，{thing}由{unit}牵头，历时{number}个月建成，{result}。",
    "活动中，{people}{act}，随后又在{place}{act2}。",
    "{unit}负责人{name}说，{thing}的意义不在规模，而在于{people}每天都能用得上。",
    "“这里{feeling}。”参加活动的{name}告诉记者，“回去以后我要写信告诉家里人。”",
    "统计显示，截至{month}月底共有{number}人次到访，{result}。",
    "围绕{thing}，{unit}与{unit2}组成联合小组，{act}。",
    "傍晚时分，{place}前仍有不少人排队，{people}自发维持秩序，{act}。",
    "下一步，{school}计划{plan}，并{plan2}。",
    "项目的设计者{name}回忆，最早的方案只有{number}页纸，经过反复修改，{result}。",
    "{people}还参观了{thing2}，对其中的{number}件展品留下深刻印象，认为{feeling}。",
    "为了不影响上课，{unit}把施工安排在夜间，{unit2}派人协助，{act}。",
    "记者在{place}看到，{thing}旁边立着一块木牌，上面写着{number}位捐赠者的名字。",
    "{name}表示，今后将{plan}，也欢迎{people}提出意见。",
    "这是继{thing2}之后，{school}在这一方向上的又一次尝试，{result}。",
    "从开始筹备到正式开放，{unit}先后召开{number}次协调会，{act}，{act2}。",
)
SLOGANS = (
    "全校上下要把思想和行动统一到学校第九次工作会议的部署上来，坚持育人为本、质量立校、开放兴校，以钉钉子的精神抓好落实，努力开创各项事业发展新局面。",
    "开展这次主题读书月活动，就是要让好读书、读好书、善读书成为师生共同的生活方式，用书香滋养心灵，以阅读照亮未来，让校园的每一个角落都有读书的声音。",
    "平安校园建设没有旁观者，人人都是参与者，要牢固树立安全第一的意识，层层压实责任，做到守土有责、守土尽责，把隐患消灭在萌芽状态，守护好师生的每一天。",
)
NOTICES = (
    "应{unit}邀请，{school}{name}教授将于近日来我校作学术报告，欢迎广大师生参加。报告题目：{thing}的设计与实践。报告时间：{month}月{day}日{hour}时。"
    "报告地点：{place}{room}室。报告人简介：{name}，{school}教授，长期从事相关研究，主持课题{number}项。联系人：{name2}，电话{phone}。",
    "各用水单位：因管道检修，定于{month}月{day}日{hour}时至次日6时对{place}停止供水，请提前做好储水准备，并关好水龙头，以免造成损失。"
    "施工期间给您带来不便，敬请谅解。如有疑问请致电后勤保障处值班室{phone}。特此通知。后勤保障处",
    "根据学校人事工作安排，经个人申请、{unit}推荐、专家评审，拟聘任{name}、{name2}等{number}人为相应岗位人员，现予以公示。公示期为{month}月{day}日起五个工作日。"
    "公示期间如有异议，请以书面形式向人事处反映，反映情况须签署真实姓名，联系电话{phone}。",
    "各学院、各部门：按照校历，现将{thing}期间值班安排通知如下。{month}月{day}日由{name}带班，{unit}值班，次日由{name2}带班，{unit2}值班。"
    "各单位要加强安全检查，落实值班制度，遇有突发情况及时报告，值班电话{phone}。请各单位将值班表于{hour}时前报送学校办公室。",
    "经学位评定分委员会审核，{name}同学的学位论文符合答辩要求，现将有关事项公告如下。论文题目：{thing}的研究。指导教师：{name2}。答辩时间：{month}月28日"
    "9时。答辩地点：{place}。答辩委员会由五名专家组成，答辩会公开举行，欢迎感兴趣的老师和同学旁听。旁听者请提前十分钟入场，并将手机调至静音状态，保持会场秩序。",
    "{school}{unit}{thing}采购项目进行公开询价，欢迎合格的供应商参加。项目编号：{number}{room}。报名时间：{month}月{day}日前，每天9时至{hour}时。"
    "报名地点：{place}{room}室。供应商须具有独立承担民事责任的能力，具有良好的商业信誉，三年内没有重大违法记录。联系人{name}，电话{phone}。",
)
EDITED_WORDS = {
    "参加": "出席",
    "介绍": "了解",
    "启动": "启用",
    "历时": "用时",
    "负责人": "有关负责人",
    "告诉": "对",
    "计划": "打算",
}
TRADITIONAL, TAIWAN = OpenCC("s2t"), OpenCC("s2twp")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text, and whose copy it is: texts of one label are the same news."""

    label: str
    kind: str
    title: str
    body: str


def labelled(seed: int = 1, stories: int = 40) -> list[Labelled]:
    """Return the whole set: stories with their copies, campaigns, series, notices of one template, in the order made."""
    chance = random.Random(seed)
    found: list[Labelled] = []
    for n in range(stories):
        title, paragraphs = story(chance)
        found += [Labelled(f"story {n}", kind, *text) for kind, text in copies(chance, title, paragraphs)]
    for n in range(stories):
        title, paragraphs = story(chance, paragraphs=3)
        found.append(Labelled(f"campaign {n}", "campaign", title, "\n\n".join([chance.choice(SLOGANS), *paragraphs])))
    for n in range(stories // 4):
        found += series(chance, n)
    for n, template in enumerate(NOTICES):
        for m in range(stories // 2):
            body = filled(chance, template)
            found.append(Labelled(f"notice {n}-{m}", "notice", body[:12], body))
            if m % 5 == 0:
                copy = "\n".join(cut(TRADITIONAL.convert(body), 23))
                found.append(Labelled(f"notice {n}-{m}", "notice copied", f"转发：{body[:12]}", copy))
    return found


def story(chance: random.Random, paragraphs: int | None = None) -> tuple[str, list[str]]:
    """Return the title and paragraphs of one article."""
    topic = {"thing": chance.choice(THINGS), "school": chance.choice(SCHOOLS), "unit": chance.choice(UNITS)}
    count = paragraphs or chance.randint(4, 9)
    frames = chance.sample(FRAMES[1:], len(FRAMES) - 1)
    texts = [filled(chance, FRAMES[0], topic)]
    while len(texts) < count:
        size = chance.randint(1, 3)
        texts.append(
            "".join(filled(chance, frames.pop() if frames else chance.choice(FRAMES), topic) for _ in range(size))
        )
    return f"{topic['school']}{topic['thing']}正式启用", texts


def copies(chance: random.Random, title: str, paragraphs: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield (kind, (title, body)): the article and what other sites make of it."""
    body = "\n\n".join(paragraphs)
    yield "first", (title, body)
    yield "reflowed", (f"【转载】{title}", "\n".join(cut(body.replace("，", ",").replace("。", ". "), 17)))
    yield "traditional", (TRADITIONAL.convert(title) + "（轉載）", TRADITIONAL.convert(body))
    yield "taiwan", (TAIWAN.convert(title) + "（轉）", "\n\n".join(cut(TAIWAN.convert(body), 31)))
    yield "retitled", (f"校园新风：{title[2:]}", body)
    yield "edited", (title, edited(chance, paragraphs))
    yield (
        "framed",
        (
            title,
            f"本站消息，以下内容转自兄弟院校网站，供师生参考。\n\n{body}\n\n（来源：校报　编辑：{name(chance)}　审核：{name(chance)}）",
        ),
    )
    half = paragraphs[: (len(paragraphs) + 1) // 2]
    yield "half", (title, "\n\n".join(half))
    yield "half traditional", (title, TRADITIONAL.convert("\n".join(cut("".join(half), 20))))
    yield "lead", (title, "".join(paragraphs)[: max(130, len(body) // 4)])


def edited(chance: random.Random, paragraphs: list[str]) -> str:
    """Return an article as another editor has it: words replaced, and of a long one a sentence gone and another added."""
    texts = [re.sub("|".join(EDITED_WORDS), lambda found: EDITED_WORDS[found[0]], text, count=1) for text in paragraphs]
    if len(texts) >= 6:
        at = chance.randrange(1, len(texts))
        sentences = texts[at].split("。")
        texts[at] = "。".join(sentences[:-2] + sentences[-1:]) if len(sentences) > 2 else texts[at]
        texts.insert(at, filled(chance, chance.choice(FRAMES[4:9])))
    return "\n\n".join(texts)


def series(chance: random.Random, n: int) -> Iterator[Labelled]:
    """Yield the reports on the same competition of four years: one paragraph of history for all of them, the rest their own."""
    thing, history = chance.choice(THINGS), "".join(filled(chance, frame) for frame in chance.sample(FRAMES, 2))
    for year in range(4):
        _, paragraphs = story(chance, paragraphs=4)
        yield Labelled(
            f"series {n}-{year}", "series", f"第{year + 3}届{thing}大赛落幕", "\n\n".join([*paragraphs, history])
        )


def filled(chance: random.Random, frame: str, topic: dict[str, str] | None = None) -> str:
    """Return a frame with its blanks filled."""
    values = {
        "school": chance.choice(SCHOOLS), "unit": chance.choice(UNITS), "unit2": chance.choice(UNITS), "thing": chance.choice(THINGS),
        "thing2": chance.choice(THINGS), "place": chance.choice(PLACES), "people": chance.choice(PEOPLE), "feeling": chance.choice(FEELINGS),
        "act": chance.choice(ACTS), "act2": chance.choice(ACTS), "result": chance.choice(RESULTS), "plan": chance.choice(PLANS),
        "plan2": chance.choice(PLANS), "name": name(chance), "name2": name(chance), "month": chance.randint(1, 12),
        "day": chance.randint(1, 28), "hour": chance.randint(8, 20), "number": chance.randint(11, 980), "room": chance.randint(101, 620),
        "phone": 5_550_123,
    }  # fmt: skip
    return frame.format(**values | (topic or {}))


def name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))


def cut(text: str, size: int) -> list[str]:
    """Return a text cut into lines, as a mail or an old page has it."""
    return [text[n : n + size] for n in range(0, len(text), size)]
