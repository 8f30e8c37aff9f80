"""The Scrapy side: requests out, politely and within bounds; responses in, as Captures.

    robots -> slot and pace -> transport (turn, address guard, TLS) -> exchange noted -> redirect, decompress, retry
           -> capture or explain

The door is what the spider hands to our layers. The rest are Scrapy components, named in settings.py.
"""

from crawler.fetching.capture import capture, exchanges_of, explain, judge_status

__all__ = ["capture", "exchanges_of", "explain", "judge_status"]
