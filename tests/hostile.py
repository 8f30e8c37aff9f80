"""An archive of one article that attacks whoever reads it: every text of it, its links, its pictures and its page."""

from datetime import UTC, datetime
from pathlib import Path

from crawler.catalog import close_catalog, group, open_catalog
from crawler.catalog.tables import runs, sites
from crawler.dedup import content_digest
from crawler.ingest import Archive, Fetched, Visited, store, store_media
from crawler.items import Article, Kind, Media, MediaKind, MediaLink, Reading, Site
from crawler.urls import document_id
from crawler.warc import WarcWriter
from tests import factories

HOST = "https://news.example.edu.cn"
URL = f"{HOST}/info/1001/1.htm"
ID = document_id(URL)
SITE = Site(key="example", name="<b onclick=alert(1)>示例大学</b>", hosts=("news.example.edu.cn",))
AT = datetime(2026, 11, 1, tzinfo=UTC)
RUN = "20261101T000000Z-abcdef"
SCRIPT = "<script>document.title='owned'</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
TEMPLATES = "{{< nosuch >}} {{% nosuch %}} {{</* done */>}} {{{< three >}}} {{% open {% include x %} {% endraw %} {{ 7 * 7 }} {# no #} {{<"
BODY = f"""\
{SCRIPT}<img src=x onerror=alert(1)><iframe src="javascript:alert(1)"></iframe>

[link](javascript:alert(1)) [data](data:text/html,{SCRIPT}) [vb](vbscript:x) <javascript:alert(1)>

![{SCRIPT}" onerror="alert(1)]({HOST}/evil.svg) ![x](javascript:alert(1)) ![away](https://elsewhere.invalid/beacon.gif)

![up](../../../media/../../catalog.db) [up](../../../media/../catalog.db) [down](../../../../etc/passwd) ![slash](//elsewhere.invalid/a.gif)

<style>@import url(https://elsewhere.invalid/a.css); body {{ background: url(https://elsewhere.invalid/b.gif) }}</style>

<form action="https://elsewhere.invalid/"><input name=q></form> <a href="x" style="position:fixed;inset:0">cover</a> \u202egnp.exe

{TEMPLATES}

```
{TEMPLATES} {SCRIPT}
```

| `{{{{< cell >}}}}` | {{{{% cell |
| --- | --- |
| ` | {SCRIPT} ` |

[entity](java&#115;cript:alert(1)) [reference]

[reference]: <javascript:alert(1)>

`{SCRIPT}` &lt;script&gt; </script> ]]> <!-- --> <base href="https://elsewhere.invalid/">
"""
REFRESH = "<meta http-equiv=refresh content='0;url=https://elsewhere.invalid/'>"
PAGE = f"<html><head><title>x</title>{SCRIPT}{REFRESH}</head><body onload=alert(1)>{BODY}</body></html>"


def build(root: Path) -> None:
    """Write the archive."""
    db = open_catalog(root / "catalog.db")
    with group(db):
        sites.save(db, SITE, now=AT)
        runs.start(db, RUN, started=AT, arguments={"site": SCRIPT})
    picture = Media(kind=MediaKind.IMAGE, url=f"{HOST}/evil.svg", caption=f'{SCRIPT}" onerror="alert(1)')
    file = Media(kind=MediaKind.ATTACHMENT, url="javascript:alert(1)", name=f"../../{SCRIPT}.pdf")
    article = Article(
        title=f"</title>{SCRIPT}会议 {{{{< title >}}}} {{% title %}} \x1b]0;owned\x07\u202e\u2028",
        body=BODY,
        source=f'"><{SCRIPT}',
        people={f"<i>{SCRIPT}</i>": (f"{SCRIPT}王", "../../etc/passwd")},
        section=(SCRIPT, "首页"),
        date_raw=SCRIPT,
        media=(picture, file),
        provenance={"title": SCRIPT},
    )
    capture = factories.page(PAGE, URL, at=AT, headers=(("X-Evil", SCRIPT),))
    reading = Reading(kind=Kind.ARTICLE, article=article, is_news=True, content_digest=content_digest(article))
    with WarcWriter(root, RUN, {}) as warc:
        archive = Archive(root=root, db=db, warc=warc, run=RUN)
        store(archive, [Visited(site=SITE, link=factories.link(URL), at=AT, capture=capture, reading=reading)])
        medium = MediaLink(url=picture.url, site=SITE.key, kind=MediaKind.IMAGE, referer=URL)
        got = factories.page(SVG, picture.url, at=AT, headers=(("X-Evil", SCRIPT),))
        store_media(archive, [Fetched(site=SITE, link=medium, at=AT, capture=got)])
    with group(db):
        runs.finish(db, RUN, finished=AT, exit_code=0)
    close_catalog(db)
