"""Tells those who fetch an address for a chat, a mail scanner or an index from people who open it."""

from __future__ import annotations

import re
from functools import lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

PROGRAM = 'a program'
# The chats of this country that the public list does not know, and agents that are nobody's browser.
OWN = {
    'LINE': r'line-poker|linespider',
    'Zalo': r'^zalo|zalobot',
    'KakaoTalk': r'kakaotalk-scrap',
    'a mail scanner': r'safelinks|barracuda|proofpoint|mimecast|mailscanner|urldefense|trendmicro|symantec|forcepoint',
    PROGRAM: r'^$|HeadlessChrome|^(curl|wget|python|go-http-client|java|okhttp|axios|node|ruby|php|libwww|aiohttp)\b',
}
NAMES = {
    'facebookexternalhit': 'Facebook', 'facebookcatalog': 'Facebook', 'whatsapp': 'WhatsApp', 'slackbot': 'Slack',
    'slack-imgproxy': 'Slack', 'twitterbot': 'X', 'telegrambot': 'Telegram', 'discordbot': 'Discord',
    'linkedinbot': 'LinkedIn', 'skypeuripreview': 'Skype', 'viber': 'Viber', 'googlebot': 'Google', 'bingbot': 'Bing',
    'applebot': 'Apple',
}  # fmt: skip
# A person's browser inside a chat says so in its agent, and is no robot for that.
PEOPLE = re.compile(r'\b(Line|FBAN|FBAV|Instagram|KAKAOTALK)/', re.IGNORECASE)
KNOWN = [re.compile(entry['pattern']) for entry in CRAWLER_USER_AGENTS_DATA]


@lru_cache(maxsize=2048)
def robot(user_agent: str) -> str:
    """The name of the robot behind an agent, or nothing for a person."""
    agent = user_agent.strip()
    for name, pattern in OWN.items():
        if re.search(pattern, agent, re.IGNORECASE):
            return name
    lowered = agent.lower()
    for sign, name in NAMES.items():
        if sign in lowered:
            return name
    if not PEOPLE.search(agent) and any(pattern.search(agent) for pattern in KNOWN):
        return 'a robot'
    return ''


def previews(user_agent: str) -> bool:
    """Whether it fetches to show a card of what it found; a program of somebody's own reads the page like anybody."""
    return robot(user_agent) not in {'', PROGRAM}
