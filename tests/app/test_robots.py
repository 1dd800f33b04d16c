"""Previewers and scanners are told from people, in whatever browser people read."""

import pytest

from app.robots import previews, robot

ROBOTS = {
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)': 'Facebook',
    'facebookcatalog/1.0': 'Facebook',
    'facebookexternalhit/1.1;line-poker/1.0': 'LINE',
    'Mozilla/5.0 (compatible; Linespider/1.1; +https://lin.ee/4dwXkTH)': 'LINE',
    'WhatsApp/2.23.20.0 A': 'WhatsApp',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)': 'Slack',
    'Slack-ImgProxy (+https://api.slack.com/robots)': 'Slack',
    'Twitterbot/1.0': 'X',
    'TelegramBot (like TwitterBot)': 'X',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)': 'Discord',
    'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)': 'LinkedIn',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5': 'Skype',
    'Viber/13.3.0.5': 'Viber',
    'Zalo android/12100555': 'Zalo',
    'facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com': 'KakaoTalk',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)': 'Google',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)': 'Bing',
    'Mozilla/5.0 (Macintosh) AppleWebKit/600 (KHTML, like Gecko) Applebot/0.1': 'Apple',
    'Mozilla/5.0 (compatible; Barracuda Sentinel (EE); https://www.barracuda.com)': 'a mail scanner',
    'Proofpoint URL Defense/1.0': 'a mail scanner',
    'Mimecast-URL-Scanner/1.0': 'a mail scanner',
    'curl/8.5.0': 'a program',
    'python-requests/2.31': 'a program',
    'Go-http-client/2.0': 'a program',
    '': 'a program',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)': 'a robot',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0': 'a program',
}
PEOPLE = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 '
    'Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 '
    'Safari Line/14.19.1',
    'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 '
    'Chrome/122.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 '
    'Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/468.0.0.52.80;]',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5',
]


@pytest.mark.parametrize(('agent', 'name'), ROBOTS.items(), ids=lambda text: text[:24])
def test_a_robot_is_known_by_name(agent: str, name: str) -> None:
    assert robot(agent) == name


@pytest.mark.parametrize('agent', PEOPLE, ids=range(len(PEOPLE)))
def test_a_person_is_no_robot_in_whatever_browser(agent: str) -> None:
    assert robot(agent) == ''


def test_only_those_who_show_cards_are_given_one() -> None:
    assert previews('WhatsApp/2.23.20.0 A')
    assert not previews('curl/8.5.0')
    assert not previews(PEOPLE[0])
