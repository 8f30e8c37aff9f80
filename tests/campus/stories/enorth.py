"""海岳大学: 14 articles in the two channels 海岳要闻 (0012) and 综合新闻 (0013), newest first."""

# ruff: noqa: E501  (a paragraph is one line, and Chinese counts double)

from tests.campus.story import Story

BASE = "@BASE@"  # replaced by "http://" and the request's Host: this CMS writes absolute links


def picture(path: str) -> str:
    """Draw a picture as Enorth's editor does: template comments, a centred box, an absolute address."""
    return (
        f'<!-- image template start -->\n<div align="center"><img border="0" height="427" src="{BASE}{path}" width="639" /></div>\n'
        "<!-- image template end-->"
    )


HARBOUR = "/pic/003/000/438/00300043832_ef138499.jpg"
GARDEN = ("/pic/003/000/455/00300045511_a0b1c2d3.jpg", "/pic/003/000/455/00300045512_b1c2d3e4.jpg")
POSTER = "/pic/003/000/460/00300046001_c2d3e4f5.jpg"

FRONT = (
    Story(
        path="/ywsd/system/2024/05/12/030056001.shtml",
        title="海岳大学深海采样器完成千米级海试",
        published="2024-05-12T10:20",
        source="海岳大学新闻网",
        people={"记者": ("纪海平",), "通讯员": ("凌波",), "编辑": ("丛珊",)},
        images=(HARBOUR,),
        forbidden=("楼上说得对，我就在那条船上", "希望早日用到三千米", "海边的风", "网友评论"),
        blocks=(
            "\u3000\u3000海岳新闻网讯（记者 纪海平 通讯员 凌波）5月10日，由海岳大学自主研制的深海采样器在南部海域完成千米级海试，成功取回保持原位压力的海水样品。",
            picture(HARBOUR),
            "\u3000\u3000采样器采用双层钛合金舱体，能够在上浮过程中保持压力损失不超过百分之二，此前同类样品在甲板上已经失去大部分溶解气体。",
            "\u3000\u3000课题组计划明年把作业深度扩展到六千米，并向国内海洋机构开放使用。",
        ),
    ),
    Story(
        path="/ywsd/system/2024/05/08/030055980.shtml",
        title="校友捐建的听力康复中心揭牌",
        published="2024-05-08T16:42",
        source="海岳大学新闻网",
        people={"编辑": ("丛珊",)},
        blocks=(
            "\u3000\u3000由1988级校友捐建的听力康复中心日前揭牌，将为学龄前听障儿童免费提供语言训练。",
            "\u3000\u3000中心设有十二间隔声训练室，由医学院和特殊教育系共同运行，首批接收三十六名儿童。",
        ),
    ),
    Story(
        path="/ywsd/system/2024/04/26/030055871.shtml",
        title="【组图】四月的植物园",
        published="2024-04-26T09:05",
        source="海岳大学新闻网",
        people={"图": ("顾影",), "编辑": ("高树",)},
        images=GARDEN,
        blocks=(
            "\u3000\u3000四月的植物园，紫藤爬满了旧温室的铁架。",
            picture(GARDEN[0]),
            "\u3000\u3000池塘里的睡莲还没有醒来。",
            picture(GARDEN[1]),
            "<p>\u3000\u3000（图/顾影）</p>",
        ),
    ),
    Story(
        path="/ywsd/system/2024/04/15/030055760.shtml",
        title="一封寄给三十年后的信",
        published="2024-04-15T08:30",
        source="海岳大学报",
        people={"作者": ("柳岸",), "编辑": ("高树",)},
        blocks=(
            "\u3000\u30001994年春天，海岳大学四百一十名新生把写给自己的信装进一只铜箱，埋在钟楼前的银杏树下。",
            "\u3000\u3000今年校庆前夕，铜箱按照约定启封，学校花了两个月寻找写信的人，已经联系到其中三百七十八位。",
        ),
        further=(
            (
                "\u3000\u3000启封那天，人们发现箱子里进了水，有的信纸粘在一起，档案馆的修复师用竹签一层一层揭开，烘干，压平。",
                "\u3000\u3000一位当年的新生在信里问自己是否还记得怎样吹口琴，她读完以后，当场吹了一段。",
            ),
            (
                "\u3000\u3000今年的新生也写了信，铜箱换成了不锈钢的，启封的日子定在2054年4月15日。",
                "<p>\u3000\u3000（作者：柳岸）</p>",
            ),
        ),
    ),
    Story(
        path="/ywsd/system/2024/03/29/030055612.shtml",
        title="海岳讲坛：喆学之外，镕铸新知",
        published="2024-03-29T19:15",
        source="海岳大学新闻网",
        people={"编辑": ("丛珊",)},
        encoding="gb18030",
        meta_charset="gb2312",
        header_charset=None,
        blocks=(
            "\u3000\u3000第二百期海岳讲坛邀请古文字学者陶喆镕主讲，题目是一个在字典里找不到的字。",
            "\u3000\u3000讲座从殷墟出土的一片甲骨说起，讨论了抄写者的错误怎样在三千年里变成了规范。",
        ),
    ),
    Story(
        path="/ywsd/system/2024/03/11/030055498.shtml",
        title="学校启用新的科研诚信档案系统",
        published="2024-03-11T11:00",
        source="科研院",
        people={"编辑": ("高树",)},
        encoding="gb18030",
        meta_charset="gb2312",
        header_charset="utf-8",
        blocks=(
            "\u3000\u3000新学期起，全校科研人员的论文原始数据须在发表前存入科研诚信档案系统，保存期限不少于二十年。",
            "\u3000\u3000系统不评价数据好坏，只记录提交时间和校验值，任何修改都会留下新的版本。",
        ),
    ),
    Story(
        path="/ywsd/system/2024/02/27/030055401.shtml",
        title="开学第一课在渔船上开讲",
        published="2024-02-27T14:08",
        source="海岳大学新闻网",
        people={"编辑": ("丛珊",)},
        header_charset="gbk",
        blocks=(
            "\u3000\u3000海洋学院的开学第一课没有安排在教室，六十名新生登上一条退役渔船，听老船长讲述如何用手指判断水温。",
            "\u3000\u3000课后作业是为这条船写一份十年后的用途建议书，得分最高的方案将真正付诸实施。",
        ),
    ),
    Story(
        path="/ywsd/system/2024/01/05/030055120.shtml",
        title="海岳大学2024年新年贺卡",
        published="2024-01-05T00:01",
        source="海岳大学新闻网",
        people={"编辑": ("顾影",)},
        images=(POSTER,),
        blocks=(picture(POSTER),),
    ),
    Story(
        path="/ywsd/system/2023/12/13/030054990.shtml",
        title="冬季长跑节千人共跑滨海步道",
        published="2023-12-13T17:50",
        source="海岳大学新闻网",
        people={"编辑": ("高树",)},
        blocks=(
            "\u3000\u3000第四十届冬季长跑节在滨海步道举行，一千三百余名师生顶着七级海风跑完了八公里。",
            "\u3000\u3000最后一名到达终点的是七十八岁的退休教师钟鸣，他已经连续参加了三十一届。",
        ),
    ),
)
GENERAL = (
    Story(
        path="/zhxw/system/2024/05/10/030055995.shtml",
        title="食堂推出“半份菜”减少浪费",
        published="2024-05-10T12:10",
        source="后勤集团",
        people={"编辑": ("丛珊",)},
        blocks=(
            "\u3000\u3000三个学生食堂从本月起提供半份菜，价格为整份的百分之五十五，两周以来厨余减少了约四分之一。",
            "\u3000\u3000后勤集团同时公布了每天的备餐量和剩余量，学生可以投票决定下周减少哪些菜品。",
        ),
    ),
    Story(
        path="/zhxw/system/2024/04/22/030055830.shtml",
        title="学生社团为老城区绘制无障碍地图",
        published="2024-04-22T15:33",
        source="海岳大学新闻网",
        people={"编辑": ("高树",)},
        blocks=(
            "\u3000\u3000学生社团“坡道”用一年时间走遍老城区九十四条街道，绘制出第一张无障碍地图。",
            "\u3000\u3000地图标出了每一处台阶的高度、坡道的坡度和可以借用的卫生间，印刷版免费放在公交站领取。",
        ),
    ),
    Story(
        path="/zhxw/system/2024/03/19/030055550.shtml",
        title="机械学院学生制作可降解渔网浮标",
        published="2024-03-19T10:45",
        source="机械学院",
        people={"编辑": ("丛珊",)},
        blocks=(
            "\u3000\u3000机械学院四名本科生用贝壳粉和淀粉制成可降解浮标，在海水中使用十八个月后开始分解。",
            "\u3000\u3000浮标已经在附近渔村试用，成本比塑料浮标高出三成，但渔民不必再回收破损的旧件。",
        ),
    ),
    Story(
        path="/zhxw/system/2024/02/02/030055300.shtml",
        title="校医院延长夜间门诊时间",
        published="2024-02-02T09:00",
        source="校医院",
        people={"编辑": ("高树",)},
        blocks=(
            "\u3000\u3000自2月5日起，校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话保持不变，夜间配药不另收费。",
        ),
    ),
    Story(
        path="/zhxw/system/2023/11/08/030054760.shtml",
        title="消防演练走进高层实验楼",
        published="2023-11-08T16:00",
        source="保卫处",
        people={"编辑": ("丛珊",)},
        blocks=(
            "\u3000\u3000全国消防日前夕，学校在二十二层的综合实验楼组织了一次不预先通知的疏散演练，全楼八百人在九分钟内撤离。",
            "\u3000\u3000演练暴露出三个楼层的防火门被门挡卡住，现场已经全部纠正。",
        ),
    ),
)
SECTIONS = {"ywsd": ("0012", "海岳要闻", FRONT), "zhxw": ("0013", "综合新闻", GENERAL)}
STORIES = (*FRONT, *GENERAL)
HOT = (FRONT[1], FRONT[8], GENERAL[1])
COMMENTS = (("海边的风", "楼上说得对，我就在那条船上！"), ("岸上观潮", "希望早日用到三千米以下。"))
