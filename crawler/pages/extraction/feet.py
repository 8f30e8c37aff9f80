"""What a platform sets below a body that it holds: counters, statements, the card of the author, the list of the files."""

import re
from collections.abc import Sequence

from crawler.pages.extraction.blocks import Block

NUMBER = re.compile(r"^\W*\d{1,5}\W*$")  # a counter, at either end of a text
# What a platform says below what others wrote on it, and an owner below everything.
STATEMENT = re.compile(
    r"^\W*(?:版权|免责|郑重|特别|風險|风险)?[声聲]明\W*$|仅代表.{0,12}(?:观点|本人)|不代表.{0,16}(?:观点|立场)|仅提供信息(?:存储|发布)|"
    r"(?:未|非)[经經](?:书面|本[网網站])?(?:授[权權]|许可|允许).{0,8}(?:转载|轉載|不得|禁止|使用)|版[权權][归歸].{0,12}所有|网络传播视听节目许可|"
    r"^\W*(?:特别|重要|温馨)(?:说明|提示|提醒)\s*[:：].{0,120}(?:仅供参考|信息为准)|"
    r"^\W*(?:发送邮件至|投稿(?:邮箱|信箱)|举报(?:电话|邮箱)|新闻热线)"
)
ACCOUNT = re.compile(
    r"(?:官方(?:帐|账)号|特邀作者|认证作者|优质[\u4e00-\u9fff]{2,6}创作者)(?:\W*关注)?\W*$"
)  # ends the card of an author
LISTED = re.compile(r"(?:\W{0,4}附\s?件\s?【[^【】]{1,200}】){1,50}\W*")  # the files of an article as a CMS lists them
MAX_STATEMENT = 300  # characters


def foot_of(blocks: Sequence[Block]) -> int:
    """Return the number of the first block of the foot, which is how many blocks the body has."""
    end = len(blocks)
    while end and (_is_platform(blocks[end - 1]) or LISTED.fullmatch(blocks[end - 1].text)):
        end -= 1
    return end


def _is_platform(block: Block) -> bool:
    return (
        not block.media
        and len(block.text) < MAX_STATEMENT
        and bool(NUMBER.match(block.text) or STATEMENT.search(block.text) or ACCOUNT.search(block.text))
    )
