"""The signed quote: the paper set again with the signature on it, and a page that says how it came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any

from app.browsers import browser_of
from app.catalogue import Language, catalogue
from app.papers.colours import INK, PALE, QUIET, RULE
from app.papers.labels import Labels, long_day, money
from app.papers.layout import Layout, well_broken
from app.papers.pen import Ink
from app.papers.quote import set_quote
from app.papers.seal import seal
from app.papers.sheet import LEFT, RIGHT, TINY, WIDTH, Pair, Said, Sheet, Signer
from app.papers.story import facts_of, iso, told, was_customer
from app.papers.strokes import fitted
from app.papers.table import Column, Row, Table
from app.papers.thai import lines
from app.seal_key import SealKey, fingerprint

BANGKOK = timezone(timedelta(hours=7))
NAMED = 47.0  # the width of what a row is called
QUIET_EDGE = 2.6  # of the white around it
CODE = 30.0  # the side of the code that leads to the verify page
BOX = (60.0, 20.0)  # of the signature
PEN_INK = (20, 33, 84)
PLAIN = Ink(9)
STRONG = Ink(9, 'B')
LONGEST_QUESTION = 240
A_PAGE = 240.0


class Words(Labels):
    """Both languages of the certificate."""

    def one(self, language: Language, key: str, /, **facts: object) -> str:
        return catalogue(language)[f'proof.{key}'].format_map(facts)


def signed_quote(frozen: dict[str, Any], *, logo: bytes | None, shown: bytes, seal: SealKey, base_url: str) -> bytes:
    """The quote as it was signed, its certificate, what was shown attached to it, and the seal on all of that."""
    from app.papers.press import sheet_of

    signature, words = frozen['signature'], Words(frozen['language'])
    if sha256(shown).hexdigest() != signature['shown_sha256']:
        raise ValueError(f'what was kept of {frozen["number"]} is not what was signed')

    def fresh(layout: Layout) -> Sheet:
        sheet = sheet_of(frozen, 'quote.title', logo=logo, layout=layout)
        sheet.about = replace(
            sheet.about,
            title=f'{sheet.about.title} ({words("certificate.file_title")[0]})',
            made_at=datetime.fromisoformat(signature['signed_at']),
        )
        sheet.footnote = _footnote(words, signature)
        return sheet

    who, mark = signer(words, signature), words('certificate.signed')
    sheet = well_broken(fresh, lambda sheet: set_quote(sheet, frozen, signer=who, mark=mark))
    Certificate(sheet, words, frozen, base_url=base_url, key=seal).set()
    paper = sheet.finish(attach=(shown_name(frozen), shown, 'application/pdf'))
    return _sealed(paper, seal, words, frozen)


def signer(words: Words, signature: dict[str, Any]) -> Signer:
    """The customer's place on the quote, filled."""
    at = _moment(signature)
    drawn = signature['method'] == 'Drawn'
    return Signer(
        words('signed_by'),
        name='\n'.join(filter(None, (signature['name'], role_of(signature)))),
        date=(f'{long_day(at.date(), words.first)} {at:%H:%M:%S} (UTC+7)', iso(at)),
        typed='' if drawn else signature['name'],
        strokes=fitted(signature['strokes']) if drawn else (),
    )


def role_of(signature: dict[str, Any]) -> str:
    return ', '.join(filter(None, (signature['position'], signature['company'])))


def shown_name(frozen: dict[str, Any]) -> str:
    version = int(frozen['signature']['quote_version'])
    return f'{frozen["number"]}{f"-v{version}" if version > 1 else ""}.pdf'


class Certificate:
    """Set once, from the top of a new page."""

    def __init__(self, sheet: Sheet, words: Words, frozen: dict[str, Any], *, base_url: str, key: SealKey) -> None:
        self.sheet, self.words, self.frozen, self.key = sheet, words, frozen, key
        self.signature: dict[str, Any] = frozen['signature']
        self.address = f'{base_url}/verify?id={frozen["verification"]}'
        self.short_address = f'{base_url.partition("://")[2]}/verify'

    def set(self) -> None:
        self.sheet.next_page()
        self._head()
        self._section('document', self._of_document())
        self._section('signature', self._of_signature(), picture=True)
        self._section('origin', self._of_origin())
        self._events()
        self._check()

    # -------------------------------------------------------------------------------------------- what it says

    def _of_document(self) -> Iterator[tuple[str, list[Said]]]:
        frozen, labels = self.frozen, self.sheet.labels
        yield 'paper', self._both('paper_is', number=frozen['number'], version=self._version)
        yield 'issued_by', self._names(frozen['firm'])
        yield 'issued_to', self._names(frozen['customer'])
        yield 'total', [Said(f'{_of_both(labels("sheet.total_due"))}: ฿{money(Decimal(frozen["total_due"]))}', PLAIN)]
        if any(line['optional'] for line in frozen['lines']):
            yield 'options', self._options()
        file = shown_name(frozen)
        yield 'sha256', [Said(self.signature['shown_sha256'], Ink(8.6)), *self._both('attached', TINY, file=file)]
        yield 'verification', [Said(frozen['verification'], Ink(8.6))]

    def _of_signature(self) -> Iterator[tuple[str, list[Said]]]:
        signed, at = self.signature, _moment(self.signature)
        yield 'signer', [Said(signed['name'], STRONG), Said(role_of(signed), PLAIN)]
        if signed['email']:
            yield 'email', [Said(signed['email'], PLAIN)]
        yield 'method', self._both(f'method_{signed["method"].lower()}')
        days = {language: long_day(at.date(), language) for language in ('en', 'th')}
        bangkok = [
            self.words.one(language, 'certificate.bangkok', day=days[language], time=f'{at:%H:%M:%S}')
            for language in (self.words.first, self.words.second)
        ]
        utc = self.words.one(self.words.first, 'certificate.utc', at=iso(at))
        yield 'signed_at', [Said(bangkok[0], STRONG), Said(bangkok[1], TINY), Said(utc, PLAIN)]
        read_in = self.words(f'certificate.language_{signed["language"]}')
        terms = [
            self.words.one(language, 'certificate.consent_terms', version=signed['terms_version'], language=name)
            for language, name in zip((self.words.first, self.words.second), read_in, strict=True)
        ]
        yield 'consent', [Said(f'“{signed["consent"]}”', PLAIN), *(Said(one, TINY) for one in terms)]

    def _of_origin(self) -> Iterator[tuple[str, list[Said]]]:
        signed = self.signature
        unknown = self._both('unknown')
        yield 'ip', [Said(signed['ip'], PLAIN)] if signed['ip'] else unknown
        agent = signed['user_agent']
        yield 'device', [Said(browser_of(agent), PLAIN), Said(agent, TINY)] if agent else unknown
        if signed.get('at_counter'):  # earlier papers do not say
            yield 'counter', self._both('counter_is')
        yield 'link', self._both('link_is', link=signed['link']) if signed['link'] else self._both('link_none')
        yield 'code', self._both('code_passed' if signed['code_passed'] else 'code_off')

    # ---------------------------------------------------------------------------------------------- how it looks

    def _head(self) -> None:
        sheet, words = self.sheet, self.words
        top, width = sheet.y - 3.0, WIDTH - CODE - 8
        with sheet.tag('Figure', self.address):
            sheet.code(RIGHT - CODE, top, CODE, self.address)
        sheet.y = top + CODE - 1.0
        with sheet.tag('P'):
            sheet.y += TINY.leading
            sheet.two(RIGHT - QUIET_EDGE, sheet.y - 1.2, words('certificate.scan'), TINY, TINY, align='R')
        sheet.y = top + 2.0
        title = words('certificate.title')
        with sheet.tag('H1'):
            sheet.say(
                [Said(title[0], Ink(19, 'B', sheet.tint.text)), Said(title[1], Ink(10.5, '', QUIET))], LEFT, width
            )
        sheet.y += 2.5
        about = words('certificate.about', number=self.frozen['number'], version=self._version)
        with sheet.tag('P'):
            sheet.say([Said(about[0], PLAIN), Said(about[1], TINY)], LEFT, width)
        sheet.y = max(sheet.y, top + CODE + 2.0) + 1.0

    def _section(self, name: str, rows: Iterable[tuple[str, list[Said]]], *, picture: bool = False) -> None:
        """Whole on one page, if a page can hold it."""
        sheet = self.sheet
        named = [(self.words(f'certificate.{key}'), said) for key, said in rows]
        sheet.room(min(sum(_height(*row) for row in named) + (BOX[1] + 2 if picture else 0) + 8.0, A_PAGE))
        self._section_head(name)
        if picture:
            self._picture()
        for label, said in named:
            self._row(label, said)
        sheet.y += 4.0

    def _section_head(self, name: str) -> None:
        sheet = self.sheet
        with sheet.tag('H2'):
            sheet.label(LEFT, self.words(f'certificate.{name}'))
        sheet.y += 0.6
        sheet.rule(sheet.tint.strong, 0.4)

    def _row(self, label: Pair, said: Sequence[Said], *, height: float = 0.0) -> float:
        """What it is called, in both languages, and what it is; returns where it began."""
        sheet = self.sheet
        sheet.room(max(_height(label, said), height + 2.0))
        top = sheet.y = sheet.y + 1.4  # the highest Thai marks keep off the rule
        with sheet.tag('P'):
            sheet.say(_names(label), LEFT, NAMED - 4)
            low, sheet.y = sheet.y, top
            sheet.say(said, LEFT + NAMED, WIDTH - NAMED)
        sheet.y = max(low, sheet.y, top + height) + 0.6
        sheet.rule(RULE, 0.12)
        return top

    def _picture(self) -> None:
        sheet, signed = self.sheet, self.signature
        wide, high = BOX
        top = self._row(self.words('certificate.signature'), [], height=high)
        x = LEFT + NAMED
        with sheet.tag('Figure', signed['name']):
            if signed['method'] == 'Drawn':
                lines = [[(x + px * wide, top + py * high) for px, py in line] for line in fitted(signed['strokes'])]
                sheet.add('strokes', lines, PEN_INK, 0.5)
            else:
                size = next((size for size in (24, 20, 17, 14) if Ink(size, 'I').width(signed['name']) <= 120), 11)
                sheet.add('write_at', x, top + high * 0.62, signed['name'], Ink(size, 'I', PEN_INK))

    def _events(self) -> None:
        sheet, words = self.sheet, self.words
        sheet.room(40.0)
        with sheet.tag('H2'):
            sheet.label(LEFT, words('certificate.events'))
        sheet.y += 0.6
        columns = [
            Column(words('certificate.when'), 34),
            Column((words('certificate.at_utc')[0], ''), 35),
            Column(words('certificate.what'), 79),
            Column(words('certificate.who'), 30),
        ]
        Table(sheet, columns, carried=False).set([self._event(event) for event in told(self.frozen['events'])])

    def _event(self, event: dict[str, Any]) -> Row:
        at = datetime.fromisoformat(event['at']).astimezone(BANGKOK)
        facts = facts_of(event, _cut(str(event['facts'].get('question', '')), LONGEST_QUESTION))
        first = self.words.one(self.words.first, f'events.{event["what"]}', **facts)
        # What a customer wrote is told once, as it was written.
        second = self.words.one(self.words.second, f'events.{event["what"]}', **{**facts, 'question': ''}).rstrip(': ')
        small = Ink(8.2)
        who = self.words('certificate.customer')[0] if was_customer(event) else event['by']
        return Row(
            (
                [Said(f'{at:%Y-%m-%d %H:%M:%S}', small)],
                [Said(iso(at), Ink(8.2, '', QUIET))],
                [Said(first, small), Said(second, TINY)],
                [Said(who, small)],
            )
        )

    def _check(self) -> None:
        sheet = self.sheet
        text = self.words('certificate.check_text', seal=self.key.name, address=self.short_address)
        printed = fingerprint(self.key.certificate)
        sheet.note(self.words('certificate.check'), text[0], ink=Ink(8.4), second=text[1])
        sheet.y -= 3.0
        sheet.room(5.0)
        with sheet.tag('P'):
            sheet.say(
                [Said(self.words('certificate.seal_fingerprint', fingerprint=printed)[0], Ink(7.2, '', PALE))],
                LEFT,
                WIDTH,
            )

    # ------------------------------------------------------------------------------------------------- of words

    @property
    def _version(self) -> int:
        return int(self.signature['quote_version'])

    def _both(self, key: str, ink: Ink = PLAIN, **facts: object) -> list[Said]:
        first, second = self.words(f'certificate.{key}', **facts)
        return [Said(first, ink), Said('' if second == first else second, TINY)]

    def _names(self, whom: dict[str, Any]) -> list[Said]:
        first, second = self.words.pick(whom['name'], whom.get('name_th', ''))
        return [Said(first, PLAIN), Said(second, TINY)]

    def _options(self) -> list[Said]:
        chosen = [line for line in self.frozen['lines'] if line['optional'] and line['chosen']]
        if not chosen:
            return self._both('options_none')
        return [
            Said(self.words.one(language, 'certificate.options_chosen', lines=', '.join(_named(chosen, language))), ink)
            for language, ink in ((self.words.first, PLAIN), (self.words.second, TINY))
        ]


def _sealed(paper: bytes, key: SealKey, words: Words, frozen: dict[str, Any]) -> bytes:
    version = frozen['signature']['quote_version']
    return seal(paper, key, reason=words.one('en', 'certificate.seal_reason', number=frozen['number'], version=version))


def _footnote(words: Words, signature: dict[str, Any]) -> str:
    device = signature['user_agent'] or words('certificate.unknown')[0]
    facts = {'ip': signature['ip'] or '–', 'link': signature['link'] or '–', 'device': device}
    return words.one(words.first, 'certificate.foot', at=iso(_moment(signature)), **facts)


def _moment(signature: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(signature['signed_at']).astimezone(BANGKOK)


def _named(lines_of_quote: Sequence[dict[str, Any]], language: str) -> list[str]:
    return [(line['name_th'] if language == 'th' else '') or line['name'] or line['name_th'] for line in lines_of_quote]


def _names(label: Pair) -> list[Said]:
    return [Said(label[0], Ink(8.4, '', INK)), Said(label[1], TINY)]


def _height(label: Pair, said: Sequence[Said]) -> float:
    return max(_tall(_names(label), NAMED - 4), _tall(said, WIDTH - NAMED)) + 2.0


def _tall(said: Sequence[Said], width: float) -> float:
    return sum(len(lines(one.text, width, one.ink.width)) * one.ink.leading for one in said if one.text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f'{text[: longest - 1]}…'


def _of_both(pair: Pair) -> str:
    return ' / '.join(filter(None, pair))
