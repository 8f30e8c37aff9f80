"""The vocabulary of metadata lines, as data: who did what for an article, where it is from, and the labels that are neither.

A role is made of parts (值班 + 编辑, 撰稿 + 人) or is a word of its own; several may share a name (撰稿、摄影).
"""

import re
from enum import StrEnum
from functools import lru_cache

SOURCES = frozenset(
    "信息来源 文章来源 新闻来源 稿件来源 图文来源 本文来源 内容来源 消息来源 原文来源 转载来源 来源于 来源 稿源 出处 转自 "
    "转载自 来自 新聞來源 文章來源 來源於 來源  "
    "source".split()
)
NO_SOURCE = (
    "图片",
    "题图",
    "配图",
    "头图",
    "封面",
    "照片",
    "视频",
    "音频",
    "资金",
    "数据",
    "经费",
    "资料",
    "素材",
)  # 来源 of these
QUALIFIERS = (
    "责任 執行 执行 值班 当班 本期 本版 版面 栏目 文字 图片 图文 文图 图表 美术 视觉 视频 音频 微信 微博 公众号 新媒体 网络 "
    "网页 网站 技术 文案 内容 新闻 专题 专栏  "
    "学生 校园 校报 职工 教师 实习 见习 特约 特邀 特派 首席 高级 资深 常务 总 副 封面 海报 内文 責任 文稿 全媒体 融媒体".split()
)
HEADS = (
    "编辑 編輯 作者 主编 责编 记者 記者 通讯员 通訊員 评论员 信息员 总编 撰稿 校对 审核 审校 统筹 策划 摄影 攝影 "
    "摄像 设计 制作 排版 监制 监审 运营 剪辑 翻译 制图 审读".split()
)
WORDS = (
    "原作者 文圖 圖文 照片提供 投稿 撰文 撰写 采写 采访 采编 执笔 选稿 手绘 绘图 漫画 插画 插图 内文图 配图 供图 供稿 来稿 文案 文字 图片 图文 文图 "
    "初审 复审 终审 一审 二审 三审 初校 复校 终校  "
    "一校 二校 三校 审稿 审签 审定 审阅 审批 签发 签审 编审 编校 编发 编译 編譯 编撰 美编 责校 核稿 核发 拟稿 数据 整理 配音 "
    "出品 导演 编导 文稿 组稿 上传 录入 发布  "
    "实习生 指导老师 指导教师 供稿单位 撰稿单位 主笔 通联 张贴 張貼 發布 發佈 公告 刊登".split()
)
DOERS = ("人", "员", "者", "师", "人员")
ALONE = frozenset(
    ("发布", "上传", "录入", "张贴", "張貼", "發布", "發佈", "公告", "刊登")
)  # no roles without 人 or 者: what follows may be a time
LETTERS = (
    "文",
    "图",
    "摄",
    "圖",
    "攝",
    "编",
    "审",
    "校",
    "編",
    "審",
)  # roles of one character, which are also parts of names and words
ENGLISH = "author writer reporter text photographer photos photo editor translator contributor".split()
# Labels of other things, which end a value.
OTHERS = frozenset(
    "公告日期 公告時間 公告时间 張貼日期 张贴日期 上版日期 發布日期 發佈日期 發布時間 發布單位 公告單位 公告单位 張貼單位 单位 單位 瀏覽數 點閱 "
    "发布时间 发布日期 发稿时间 发表时间 发表日期 更新时间 更新日期 添加时间 录入时间 上传时间 创建时间 日期 时间 浏览次数 "
    "浏览量 浏览 浏览数 点击数 点击量 点击率 点击次数 点击  "
    "公布时间 公布日期 发文时间 发文日期 提交时间 撰写时间 编辑时间 加入时间 制作时间 推送时间 发布于 热度 published updated posted "
    "阅读次数 阅读量 阅读数 阅读 访问量 访问次数 访问 查看 查看次数 人气 字号 字体 打印 关闭 分享 分享到 分享至 收藏 评论 "
    "发布单位 发布部门 发布机构 发布 更新 部门 单位 所属单位 栏目  "
    "所属栏目 分类 类别 关键词 关键字 标签 编号 文号 索引号 微信号 公众号 下载次数 责任单位 信息类别 hits views date time tags".split()
)


class Label(StrEnum):
    """What a label announces."""

    ROLE = "role"
    SOURCE = "source"
    OTHER = "other"


def _any(words: tuple[str, ...] | list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_PERSON = rf"(?:(?:{_any(QUALIFIERS)}){{0,3}}(?:{_any(HEADS)})|{_any([*WORDS])})(?:{_any(DOERS)})?"
_ONE = rf"(?:(?:{_PERSON}){{1,2}}|[文图摄圖攝]|(?<![\u4e00-\u9fff])[编审校編審])"  # 初审初校 is one role; 我校 王芳 has none
ROLE = rf"{_ONE}(?:\s?[、/／&·和及]\s?{_ONE}){{0,3}}"  # as a part of other patterns
WHOLE_ROLE = re.compile(ROLE)


@lru_cache(maxsize=4096)
def label_of(text: str) -> Label | None:
    """Return what a text is as a label; None if it is none."""
    folded = text.lower()
    if folded in SOURCES:
        return Label.SOURCE
    if folded in OTHERS:
        return Label.OTHER
    if folded in ENGLISH or (WHOLE_ROLE.fullmatch(text) and text not in ALONE):
        return Label.ROLE
    return None
