"""What the demo firm rents out, by the names and the daily rates that a rental clerk in Bangkok would expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import LineEntry, LineKind, RateType, Withholding, proposed_duration

WEEK, MONTH = 5, 15  # days that a week or a month is charged as


@dataclass(frozen=True, slots=True)
class Good:
    """`rate` in THB per day before VAT; weeks and months are cheaper. A manual line has one price."""

    name: str
    name_th: str
    rate: int
    kind: LineKind = LineKind.EQUIPMENT
    withholding: Withholding | None = None

    def line(
        self, quantity: int, start: date, end: date, *, by: RateType = RateType.DAILY, optional: bool = False
    ) -> LineEntry:
        """This good from `start` to `end`, both included."""
        manual = self.kind is LineKind.MANUAL
        times = {RateType.DAILY: 1, RateType.WEEKLY: WEEK, RateType.MONTHLY: MONTH}[by]
        return LineEntry(
            self.name,
            Decimal(self.rate * times),
            Decimal(quantity),
            Decimal(1 if manual else proposed_duration(start, end, by)),
            kind=self.kind,
            name_th=self.name_th,
            rate_type=by,
            optional=optional,
            withholding=self.withholding,
        )


def _manual(name: str, name_th: str, rate: int, withholding: Withholding = Withholding.SERVICE) -> Good:
    return Good(name, name_th, rate, LineKind.MANUAL, withholding)


SKYPANEL = Good('ARRI SkyPanel S60-C', 'ไฟ ARRI SkyPanel S60-C', 2500)
SKYPANEL_120 = Good('ARRI SkyPanel S120-C', 'ไฟ ARRI SkyPanel S120-C', 4000)
HMI = Good('ARRI M18 HMI with ballast', 'ไฟ HMI ARRI M18 พร้อมบัลลาสต์', 4500)
APUTURE = Good('Aputure LS 600d Pro', 'ไฟ Aputure LS 600d Pro', 1500)
TUBES = Good('Astera Titan Tube, set of 8', 'ไฟหลอด Astera Titan Tube ชุด 8 หลอด', 6000, LineKind.KIT)
LANTERN = Good('Aputure Lantern softbox', 'ซอฟต์บ็อกซ์โคม Aputure Lantern', 300)
C_STAND = Good('C-stand with arm', 'ขา C-stand พร้อมแขน', 150)
SANDBAG = Good('Sandbag 10 kg', 'ถุงทราย 10 กก.', 30)
FRAME = Good('Butterfly frame 12×12 ft with silk', 'เฟรมผีเสื้อ 12×12 ฟุต พร้อมผ้าซิลค์', 1800)
DOLLY = Good('Panther dolly with 12 m of track', 'ดอลลี่ Panther พร้อมราง 12 เมตร', 6500)
SLIDER = Good('Dana Dolly', 'ดาน่าดอลลี่', 2000)
JIB = Good('Jimmy Jib 9 m with operator', 'จิมมี่จิ๊บ 9 เมตร พร้อมผู้ควบคุม', 12000)
FX6 = Good('Sony FX6', 'กล้อง Sony FX6', 3500)
FX9 = Good('Sony FX9', 'กล้อง Sony FX9', 4500)
ALEXA = Good('ARRI ALEXA Mini LF', 'กล้อง ARRI ALEXA Mini LF', 18000)
PRIMES = Good('Zeiss CP.3 prime set, 6 lenses', 'เลนส์ไพรม์ Zeiss CP.3 ชุด 6 ตัว', 6000, LineKind.KIT)
ZOOM = Good('Sony FE 24-70 mm GM II', 'เลนส์ Sony FE 24-70 มม. GM II', 700)
MONITOR = Good("SmallHD Cine 7 director's monitor", 'มอนิเตอร์ผู้กำกับ SmallHD Cine 7', 1200)
TRIPOD = Good('Sachtler tripod with fluid head', 'ขาตั้งกล้อง Sachtler พร้อมหัวน้ำมัน', 900)
GIMBAL = Good('DJI Ronin 2', 'กิมบอล DJI Ronin 2', 5500)
INTERVIEW = Good('Interview kit for two people', 'ชุดถ่ายสัมภาษณ์ 2 คน', 5500, LineKind.KIT)
WIRELESS = Good('Sennheiser wireless microphone', 'ไมค์ไร้สาย Sennheiser', 600)
WALKIE = Good('Walkie-talkie with headset', 'วิทยุสื่อสารพร้อมหูฟัง', 120)
SPEAKERS = Good('PA system, 2 × 15 inch with mixer', 'ชุดเครื่องเสียง ลำโพง 15 นิ้ว 2 ใบ พร้อมมิกเซอร์', 4500, LineKind.KIT)
GENERATOR = Good('Silent generator van 40 kW', 'รถปั่นไฟเก็บเสียง 40kW', 7500)
CABLE = Good('Distribution box with cables', 'ตู้จ่ายไฟพร้อมสายเมน', 500)
TENT = Good('Tent 5 × 10 m', 'เต็นท์ 5 × 10 เมตร', 4500)
CANOPY = Good('Pop-up canopy 3 × 3 m', 'เต็นท์พับ 3 × 3 เมตร', 800)
FAN = Good('Misting fan', 'พัดลมไอน้ำ', 500)
CHAIR = Good("Director's chair", 'เก้าอี้ผู้กำกับ', 100)

DELIVERY = _manual('Delivery and pick-up, Bangkok', 'ค่าขนส่งไป-กลับ กรุงเทพฯ', 3500, Withholding.TRANSPORT)
UPCOUNTRY = _manual('Delivery and pick-up, up-country', 'ค่าขนส่งไป-กลับ ต่างจังหวัด', 12000, Withholding.TRANSPORT)
CREW = _manual('Lighting crew, per person and day', 'ค่าทีมไฟ (ต่อคนต่อวัน)', 1800)
ASSISTANT = _manual('Camera assistant, per day', 'ค่าผู้ช่วยกล้อง (ต่อวัน)', 2500)
SETUP = _manual('Setting up and striking', 'ค่าติดตั้งและรื้อถอน', 6000)
WAIVER = _manual('Damage waiver', 'ค่าคุ้มครองความเสียหาย', 2500)
OVERTIME = _manual('Overtime after 22:00, per hour', 'ค่าล่วงเวลาหลัง 22.00 น. (ต่อชั่วโมง)', 900)
TAPE = _manual('Gaffer tape, gels and batteries', 'เทปแกฟเฟอร์ เจลสี และถ่าน', 3400, Withholding.NONE)
BULB = _manual('HMI lamp 1,800 W, replaced', 'หลอด HMI 1,800 วัตต์ เปลี่ยนใหม่', 14500, Withholding.NONE)
STUDIO = Good('Studio B, 8 × 12 m, with cyclorama', 'สตูดิโอ B 8 × 12 เมตร พร้อมฉากโค้ง', 8000)
