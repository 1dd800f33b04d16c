"""The hand that writes a PDF, declared as PDF/A-3B: text, rules, areas, pictures in millimetres from the top left."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from fpdf import FPDF, ViewerPreferences

from app.papers.face import EM, Face, letters_of

POINT = 72 / 25.4  # points in a millimetre
PRODUCER = 'Client Portal'
RGB = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class Ink:
    """How text looks: size in points, style '', 'B' or 'I', colour."""

    size: float = 9.0
    style: str = ''
    colour: RGB = (22, 32, 29)

    def width(self, text: str) -> float:
        """In millimetres, as drawn."""
        return letters_of(self.style).width(text) * self.size / EM / POINT

    @property
    def leading(self) -> float:
        """From one line to the next: Thai needs room for two marks above and one below."""
        return self.size * 1.46 / POINT


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself."""

    title: str
    subject: str
    author: str
    language: str
    made_at: datetime
    verification: str  # 32 hexadecimal digits


class Pen(FPDF):
    """fpdf2 with shaped Thai. Equal input gives equal bytes: nothing in it asks for the time or for chance.

    That it is PDF/A is declared and built for, and was not judged by a validator: veraPDF needs Java and is no package.
    """

    def __init__(self, about: About) -> None:
        super().__init__(format='A4', enforce_compliance='PDF/A-3B')
        self.about = about
        self._marks: dict[int, int] = {}  # the last mark of each page
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.set_lang({'th': 'th-TH', 'en': 'en-GB'}[about.language])
        self.set_title(about.title)
        self.set_subject(about.subject)
        self.set_author(about.author)
        self.set_producer(PRODUCER)
        self.set_creation_date(about.made_at.astimezone(UTC))
        self.set_xmp_metadata(_xmp(about))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def file_id(self) -> str:
        return f'<{self.about.verification}><{self.about.verification}>'

    def write_at(self, x: float, y: float, text: str, ink: Ink, align: str = 'L') -> None:
        """One line; `y` is its base line, `x` its left, middle or right end."""
        if not text:
            return
        if align != 'L':
            x -= ink.width(text) / (2 if align == 'C' else 1)
        if f'sarabun{ink.style}' not in self.fonts:
            self.fonts[f'sarabun{ink.style}'] = Face(self, ink.style)
        self.set_font('sarabun', ink.style, ink.size)
        self.set_text_color(*ink.colour)
        assert isinstance(self.current_font, Face)
        self.current_font.size = ink.size
        self.text(x, y, text)

    def rule(self, start: Point, end: Point, colour: RGB, width: float) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(*start, *end)

    def area(self, box: Box, colour: RGB, radius: float = 0.0) -> None:
        self.set_fill_color(*colour)
        self.rect(*box, style='F', round_corners=radius > 0, corner_radius=radius)

    def frame(self, box: Box, colour: RGB, width: float) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.rect(*box, style='D')

    def runs(self, corner: Point, module: float, runs: Iterable[tuple[int, int, int]], colour: RGB) -> None:
        """Squares in one stroke of the pen: (row, first column, how many)."""
        self.set_fill_color(*colour)
        (x, y), k, top = corner, self.k, self.h
        drawn = (
            f'{(x + column * module) * k:.2f} {(top - y - (row + 1) * module) * k:.2f} '
            f'{many * module * k:.2f} {module * k:.2f} re'
            for row, column, many in runs
        )
        self._out(f'{" ".join(drawn)} f')

    def strokes(self, lines: Iterable[Iterable[Point]], colour: RGB, width: float) -> None:
        """Lines drawn by a hand, each through its points; a single point is a dot."""
        self.set_draw_color(*colour)
        self.set_line_width(width)
        k, top = self.k, self.h
        for line in lines:
            first, *others = [f'{x * k:.2f} {(top - y) * k:.2f}' for x, y in line]
            self._out(f'1 J 1 j {first} m {" ".join(f"{point} l" for point in others or [first])} S 0 J 0 j')

    def across(self, pair: tuple[str, str], colour: RGB) -> None:
        """A text in both languages over the whole page, aslant, letting through what it lies on."""
        middle = (self.w / 2, self.h / 2)
        with self.local_context(fill_opacity=0.16), self.rotation(38, *middle):
            for text, size, drop in ((pair[0], 92, 0.0), (pair[1], 46, 26.0)):
                self.write_at(middle[0], middle[1] + drop, text, Ink(size, 'B', colour), 'C')

    def picture(self, box: Box, content: bytes) -> None:
        """A raster picture as large as it fits into the box."""
        self.image(io.BytesIO(content), *box, keep_aspect_ratio=True)

    def carry(self, name: str, content: bytes, kind: str) -> None:
        """A file within the file: what this paper was made from."""
        self.embed_file(
            bytes=content,
            basename=name,
            mime_type=kind,
            associated_file_relationship='Source',
            creation_date=self.about.made_at,
            modification_date=self.about.made_at,
        )

    def begin(self, kind: str, alt: str | None = None) -> None:
        """What is written from here to `end` is a `kind` to a reader: 'H1', 'P', 'Figure'; '' is nothing to it."""
        if not kind:
            self._out('/Artifact BMC')
            return
        mark = self._marks[self.page] = self._marks.get(self.page, -1) + 1
        self._add_marked_content(struct_type=f'/{kind}', mcid=mark, alt_text=alt)
        self._out(f'/{kind} <</MCID {mark}>> BDC')

    def end(self) -> None:
        self._out('EMC')

    def finished(self) -> bytes:
        for face in self.fonts.values():
            if isinstance(face, Face):
                face.keep_only_used()
        return bytes(self.output())


def _xmp(about: About) -> str:
    """What PDF/A wants said: the same as in the file's own entries, and whose part of the standard it declares."""
    made = about.made_at.astimezone(UTC).isoformat(timespec='seconds')

    def said(text: str) -> str:
        return escape(text, quote=True)

    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        '<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>'
        f'<xmp:CreateDate>{made}</xmp:CreateDate><xmp:MetadataDate>{made}</xmp:MetadataDate>'
        f'<pdf:Producer>{PRODUCER}</pdf:Producer>'
        f'<xmpMM:DocumentID>uuid:{about.verification}</xmpMM:DocumentID>'
        f'<dc:identifier>{about.verification}</dc:identifier>'
        f'<dc:language><rdf:Bag><rdf:li>{about.language}</rdf:li></rdf:Bag></dc:language>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{said(about.title)}</rdf:li></rdf:Alt></dc:title>'
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">'
        f'{said(about.subject)}</rdf:li></rdf:Alt></dc:description>'
        f'<dc:creator><rdf:Seq><rdf:li>{said(about.author)}</rdf:li></rdf:Seq></dc:creator>'
        '</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
