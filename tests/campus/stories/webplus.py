"""云台师范大学: 14 articles in the two columns 学校新闻 (132) and 学术动态 (140), newest first."""

from tests.campus.story import Story


def picture(path: str, caption: str) -> tuple[str, str]:
    """Draw a picture as WebPlus does: the file name in single quotes that are no JSON, the caption a paragraph below."""
    name = path.rsplit("/", 1)[1]
    return (
        f'<p style="text-align:center;"><img data-layer="photo" src="{path}" original-src="{path}" '
        f"sudyfile-attr=\"{{'title':'{name}'}}\" /></p>",
        f'<p style="text-align:center;"><span style="font-size:14px;">{caption}</span></p>',
    )


def attachment(path: str, name: str) -> str:
    return (
        '<p style="text-indent:2em;"><img src="/_ueditor/themes/default/images/icon_doc.gif" />'
        f"<a href=\"{path}\" sudyfile-attr=\"{{'title':'{name}'}}\">{name}</a></p>"
    )


ORCHARD = "/_upload/article/images/3a/51/9c7d40e24f6ab8b1c0de0f3a2b11/5f0c7a52-10aa-4c55-8d2e-6b1d9e0f7a01.jpg"
CHOIR = (
    "/_upload/article/images/4b/62/ad8e51f35a7bc9c2d1ef104b3c22/60fd8b63-21bb-4d66-9e3f-7c2eaf108b12.jpg",
    "/_upload/article/images/5c/73/be9f62a46b8cdad3e2f0215c4d33/710e9c74-32cc-4e77-af40-8d3fb0219c23.jpg",
)
FORM = "/_upload/article/files/6d/84/cfa073b57c9debe4f301326d5e44/821fad85-43dd-4f88-b051-9e40c132ad34.docx"
CHARTER = "/_upload/article/files/7e/95/d0b184c68daefcf50412437e6f55/9320be96-54ee-4099-8162-af51d243be45.pdf"
SHARED = (
    "3月15日，青年学者论坛第三十二期在崇教楼举行，来自六所高校的十一位青年教师围绕“课堂里的沉默”展开讨论。",
    "报告人认为，沉默并不等于没有参与，教师需要分辨思考的沉默、抵触的沉默和不知所措的沉默，并给学生留出等待的时间。",
    "论坛实录将收入学校教育研究丛刊第九辑。",
)
TREATY = (
    "4月11日，湖光大學與雲台師範大學在湖光校區簽署教師教育合作協議，兩校將共同建設三個實習基地。",
    "根據協議，兩校互認師範生教育實習學分，每年各選派二十名學生到對方學校學習一個學期，並聯合開設鄉村教育課程。",
    "簽約儀式後，與會人員參觀了師範生技能實訓中心，觀摩了一堂由兩校學生合作講授的數學課。",
)

NEWS = (
    Story(
        path="/2024/0516/c132a4602/page.htm",
        title="我校师生走进山村小学开展科学课周",
        published="2024-05-16",
        people={"发布者": ("温如",)},
        images=(ORCHARD,),
        blocks=(
            "5月第二周，我校四十名师范生走进云台山区八所小学，为孩子们带来为期五天的科学课。",
            *picture(ORCHARD, "孩子们在果园里测量树干的周长"),
            "课程全部使用当地随手可得的材料：用竹筒做听诊器，用井水和河水比较硬度，用影子测量国旗杆的高度。",
            "带队教师说，五天里孩子们一共提出了三百一十四个问题，其中一半以上老师也答不上来。",
        ),
    ),
    Story(
        path="/2024/0425/c132a4598/page.htm",
        title="关于开展2024年暑期社会实践立项的通知",
        published="2024-04-25",
        people={"发布者": ("校团委",)},
        attachments=(FORM,),
        blocks=(
            "各学院团委：为引导学生深入基层，现启动2024年暑期社会实践立项工作，每支队伍不超过十二人。",
            "立项申请截止时间为5月20日，经评审立项的队伍可以获得两千至八千元经费支持。",
            attachment(FORM, "暑期社会实践立项申请表.docx"),
        ),
    ),
    Story(
        path="/2024/0418/c132a4595/page.htm",
        title="湖光大學與雲台師範大學簽署教師教育合作協議",
        published="2024-04-18",
        people={"发布者": ("港澳臺辦公室",)},
        duplicate_of=("vsb", "/info/1012/2321.htm"),
        blocks=TREATY,
    ),
    Story(
        path="/2024/0408/c132a4588/page.htm",
        title="学校合唱团在音乐节上首演原创作品",
        published="2024-04-08",
        people={"发布者": ("宋词",)},
        images=CHOIR,
        blocks=(
            "清明假期最后一天，学校合唱团在省高校音乐节上首演了由音乐学院学生创作的四首作品。",
            *picture(CHOIR[0], "合唱团在音乐厅排练"),
            *picture(CHOIR[1], "演出结束后与作曲者合影"),
            "其中《远山的点名册》取材于一位支教老师留下的点名册，歌词由三十六个学生的名字组成。",
        ),
    ),
    Story(
        path="/2024/0315/c132a4567/page.htm",
        title="青年学者论坛讨论“课堂里的沉默”",
        published="2024-03-15",
        people={"发布者": ("科研处",)},
        also=("/2024/0315/c132a4567/page.psp",),
        duplicate_of=("webplus", "/2024/0315/c140a4567/page.htm"),
        blocks=SHARED,
    ),
    Story(
        path="/2024/0229/c132a4551/page.htm",
        title="云台师范大学章程（2024年修订）",
        published="2024-02-29",
        people={"发布者": ("法制办公室",)},
        attachments=(CHARTER,),
        blocks=(
            f'<p><span id="{CHARTER.rsplit("/", 1)[1][:-4]}" class="wp_pdf_player" pdfsrc="{CHARTER}" '
            "sudyplayer=\"wp_pdf_player\" sudyfile-attr=\"{'title':'云台师范大学章程.pdf'}\"></span></p>",
        ),
    ),
    Story(
        path="/2024/0122/c132a4533/page.htm",
        title="附属中学学生设计的望远镜支架获得专利",
        published="2024-01-22",
        people={"发布者": ("温如",)},
        blocks=(
            "附属中学三名高二学生设计的折叠式望远镜支架近日获得实用新型专利，设计灵感来自一把旧雨伞。",
            "支架重一点二公斤，能够承受八公斤的镜筒，已经在学校天文社试用了一个冬天。",
        ),
    ),
    Story(
        path="/2023/1228/c132a4519/page.htm",
        title="图书馆发布年度阅读报告",
        published="2023-12-28",
        people={"发布者": ("图书馆",)},
        blocks=(
            "图书馆年度阅读报告显示，全校学生人均借阅纸质图书十七册，借阅次数最多的是一本讲述树木的散文集。",
            "<p>借阅排行前三位的读者所在学院：</p><ul><li>文学院</li><li>历史文化学院</li><li>数学学院</li></ul>",
        ),
    ),
    Story(
        path="/2023/1116/c132a4488/page.htm",
        title="师范生教学技能大赛落下帷幕",
        published="2023-11-16",
        people={"发布者": ("教务处",)},
        blocks=(
            "经过三轮角逐，第十五届师范生教学技能大赛落下帷幕，来自十四个学院的六十二名选手分获各组别奖项。",
            "本届比赛首次增加了突发情境处理环节，选手需要在两分钟内回应一张随机抽取的课堂突发事件卡片。",
        ),
    ),
)
RESEARCH = (
    Story(
        path="/2024/0509/c140a4600/page.htm",
        title="语言学系发布濒危方言语音档案",
        published="2024-05-09",
        people={"发布者": ("文学院",)},
        blocks=(
            "语言学系历时七年采录的濒危方言语音档案于近日上线，收录了二十三个方言点、四百余小时的录音。",
            "每段录音都配有逐字转写和发音人本人的讲述，发音人平均年龄七十六岁，其中五位已经离世。",
        ),
    ),
    Story(
        path="/2024/0401/c140a4581/page.htm",
        title="心理学院团队揭示睡眠与词汇记忆的关系",
        published="2024-04-01",
        people={"发布者": ("心理学院",)},
        blocks=(
            "心理学院睡眠实验室跟踪了二百四十名中学生一个学期，发现午睡二十分钟的学生一周后记住的生词多出五分之一。",
            "研究同时指出，超过一小时的午睡没有额外的好处，反而使下午第一节课的反应时变长。",
        ),
    ),
    Story(
        path="/2024/0315/c140a4567/page.htm",
        title="青年学者论坛讨论“课堂里的沉默”",
        published="2024-03-15",
        people={"发布者": ("科研处",)},
        duplicate_of=("webplus", "/2024/0315/c132a4567/page.htm"),
        blocks=SHARED,
    ),
    Story(
        path="/2024/0111/c140a4527/page.htm",
        title="数学学院教授破解一个六十年前的图论猜想",
        published="2024-01-11",
        people={"发布者": ("数学学院",)},
        blocks=(
            "数学学院骆文教授与两位合作者证明了一个1963年提出的图论猜想，论文全文一百一十二页。",
            "骆文说，关键的想法来自给本科生出的一道习题，她发现标准答案里有一个没有人注意到的漏洞。",
        ),
    ),
    Story(
        path="/2023/1030/c140a4472/page.htm",
        title="乡村教师口述史丛书出版",
        published="2023-10-30",
        people={"发布者": ("教育学院",)},
        blocks=(
            "由教育学院组织编写的乡村教师口述史丛书日前出版，全书六卷，收录一百二十位乡村教师的讲述。",
            "采访由在校研究生利用寒暑假完成，走访了十一个省份，最偏远的一位受访者任教的学校只有四名学生。",
        ),
    ),
)
SECTIONS = {"xwzx": ("132", "学校新闻", NEWS), "xsdt": ("140", "学术动态", RESEARCH)}
STORIES = (*NEWS, *RESEARCH)
HOT = (NEWS[3], RESEARCH[1])
