"""湖光大学, 通知公告: 10 articles, newest first."""

from tests.campus.story import Story

DOWNLOAD = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid="


NAMES = {
    77: "教学改革项目申报书.docx",
    78: "教学改革项目汇总表.pdf",
    79: "复试名单.xlsx",
}  # what Content-Disposition says


def attachment(number: int) -> str:
    """Draw an attachment as VSB does: with a download counter, without a file extension in the URL."""
    return (
        f'<ul style="list-style-type:none;"><li>附件【<a href="../..{DOWNLOAD}{number}" target="_blank">{NAMES[number]}</a>】已下载'
        f'<span id="nattach{number}"><script language="javascript">getClickTimes({number},1,"wbnewsfile","attach")'
        "</script></span>次</li></ul>"
    )


HANDBOOK = "/__local/5/E6/F7/8091A2B3C4D5E6F70819203142536_4E5F6071_5B4E6.pdf"

NOTICES = (
    Story(
        path="/info/1013/1510.htm",
        title="关于2024年端午节放假安排的通知",
        published="2024-05-30",
        source="校长办公室",
        people={"作者": ("校长办公室",)},
        blocks=(
            "各单位：根据国家有关规定，结合学校教学安排，现将端午节放假事项通知如下。",
            "6月8日至10日放假，共三天。6月11日照常上课，各单位安排好值班，值班表于6月5日前报总值班室。",
        ),
    ),
    Story(
        path="/info/1013/1509.htm",
        title="关于申报校级教学改革项目的通知",
        published="2024-05-20T15:30",
        source="教务处",
        people={"作者": ("教务处",)},
        attachments=(f"{DOWNLOAD}77", f"{DOWNLOAD}78"),
        blocks=(
            "各学院：现启动2024年校级教学改革项目申报工作，每个学院限报五项，其中青年教师主持的项目不少于两项。",
            "申报人请于6月15日前将申报书一式两份送至明理楼312室，电子版同时发送至教务处邮箱，逾期不再受理。",
            attachment(77),
            attachment(78),
        ),
    ),
    Story(
        path="/info/1013/1508.htm",
        title="校园停水检修公告",
        published="2024-05-11",
        source="后勤保障处",
        people={"作者": ("后勤保障处",)},
        blocks=("因供水主管道检修，5月13日22时至次日5时东区学生宿舍一至九号楼停水，请提前储水并关好水龙头。",),
    ),
    Story(
        path="/info/1013/1507.htm",
        title="本科学生手册（2024年版）",
        published="2024-04-25",
        source="学生工作部",
        people={"作者": ("学生工作部",)},
        attachments=(HANDBOOK,),
        blocks=(
            "<p><script>var vsb_pdf_image_data = [];showVsbpdfIframe("
            f'"{HANDBOOK}","100%","600","0","border:1px solid #DDDDDD",vsb_pdf_image_data);</script></p>',
        ),
    ),
    Story(
        path="/info/1013/1506.htm",
        title="关于举办研究生学术英语写作工作坊的通知",
        published="2024-04-16",
        source="研究生院",
        people={"作者": ("研究生院",)},
        blocks=(
            "工作坊面向全校二年级以上研究生，共六次课，每次两小时，由外国语学院和校内期刊编辑部的老师共同授课。",
            "报名者需提交一篇三百词以内的论文摘要，课程将围绕学员自己的摘要逐句修改。",
        ),
    ),
    Story(
        path="/info/1013/1505.htm",
        title="实验室安全检查结果通报",
        published="2024-04-02",
        source="实验室与设备管理处",
        people={"作者": ("实验室与设备管理处",)},
        blocks=(
            "三月中旬，学校对全部六百一十二间实验室进行了安全检查，共发现隐患九十八处，已当场整改七十一处。",
            '<table border="1"><tbody><tr><th>类别</th><th>发现</th><th>已整改</th></tr><tr><td>危险化学品</td><td>33</td><td>20</td></tr>'
            "<tr><td>气瓶</td><td>21</td><td>18</td></tr><tr><td>用电</td><td>44</td><td>33</td></tr></tbody></table>",
            "其余隐患责任单位须在四月底以前完成整改并报送照片。",
        ),
    ),
    Story(
        path="/info/1013/1504.htm",
        title="关于调整校园巴士运行时间的公告",
        published="2024-03-18",
        source="后勤保障处",
        people={"作者": ("后勤保障处",)},
        blocks=(
            "自3月20日起，校园巴士首班车提前到六点四十分，末班车延后到二十二点三十分，晚高峰每八分钟一班。",
            "新增“图书馆新馆—西门”夜间线路，途经实验楼和研究生公寓，凭校园卡免费乘坐。",
        ),
    ),
    Story(
        path="/info/1013/1503.htm",
        title="2024年博士研究生招生复试名单公示",
        published="2024-03-05T17:45",
        source="研究生招生办公室",
        people={"作者": ("研究生招生办公室",)},
        attachments=(f"{DOWNLOAD}79",),
        blocks=(
            "经资格审查和材料评议，现将进入复试的考生名单予以公示，公示期为五个工作日，如有异议请实名反映。",
            attachment(79),
        ),
    ),
    Story(
        path="/info/1013/1502.htm",
        title="关于校内电动自行车停放管理的规定",
        published="2024-01-22",
        source="保卫处",
        people={"作者": ("保卫处",)},
        blocks=(
            "为保障通道畅通，自本学期末起，电动自行车须停放在指定的二十六处车棚，严禁在楼道和宿舍内充电。",
            "违反规定三次以上的车辆将取消校园通行资格，车主可以在保卫处网站查询记录并申诉。",
        ),
    ),
    Story(
        path="/info/1013/1501.htm",
        title="招聘专职辅导员启事",
        published="2023-12-05",
        source="人事处",
        people={"作者": ("人事处",)},
        blocks=(
            "学校面向社会公开招聘专职辅导员十名，其中男生公寓和女生公寓各五名，要求具有硕士以上学位，有学生工作经历者优先。",
            "应聘者请于12月25日前登录人事处网站填写申请表，笔试时间另行通知。",
        ),
    ),
)
