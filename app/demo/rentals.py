"""The rentals under way and ahead of the demo firm, told from today: who asked for what, and how far it has come."""

from __future__ import annotations

from decimal import Decimal

from app.demo.acts import (
    Rental,
    Rented,
    billed,
    booked,
    cancelled,
    collected,
    declined,
    drafted,
    expired,
    extended,
    given_back,
    moved,
    paid,
    planned,
    prepaid,
    sent,
    signed,
    went_back,
)
from app.demo.claims import said_paid_deposit, said_paid_invoice
from app.demo.goods import (
    ALEXA,
    APUTURE,
    ASSISTANT,
    C_STAND,
    CABLE,
    CANOPY,
    CHAIR,
    CREW,
    DELIVERY,
    DOLLY,
    FAN,
    FRAME,
    FX6,
    FX9,
    GENERATOR,
    GIMBAL,
    HMI,
    INTERVIEW,
    JIB,
    LANTERN,
    MONITOR,
    OVERTIME,
    PRIMES,
    SANDBAG,
    SETUP,
    SKYPANEL,
    SKYPANEL_120,
    SLIDER,
    SPEAKERS,
    STUDIO,
    TENT,
    TRIPOD,
    TUBES,
    UPCOUNTRY,
    WAIVER,
    WALKIE,
    WIRELESS,
    ZOOM,
)
from app.demo.talk import asked, rewritten
from models import DiscountKind, KeptEntry, KeptKind, Method, RateType, Stage

WEEKLY, MONTHLY = RateType.WEEKLY, RateType.MONTHLY
SOMCHAI = ('คุณสมชาย ใจดี', '081 000 0151', 'รถตู้ทึบ 6 ล้อ ทะเบียน 00-0151')
PRASERT = ('คุณประเสริฐ ทางไกล', '081 000 0152', 'รถกระบะตู้ทึบ ทะเบียน 00-0152')
ANAN = ('คุณอนันต์ ขับดี', '081 000 0153', 'รถปั่นไฟ 40kW ทะเบียน 00-0153')


def rentals() -> list[Rental]:
    """All of them, new at each call."""
    return [*_under_way(), *_ahead(), *_offers()]


def _under_way() -> list[Rental]:
    return [
        Rental(
            'nimman', 'Commercial shoot, Chiang Mai', 'ถ่ายโฆษณา เชียงใหม่', 1, 7,
            (Rented(SKYPANEL, 4), Rented(APUTURE, 2), Rented(C_STAND, 12), Rented(SANDBAG, 20), Rented(FRAME),
             Rented(GENERATOR), Rented(UPCOUNTRY), Rented(CREW, 28)),
            (
                (-12, '10:20', drafted), (-12, '11:05', sent), (-11, '15:42', signed), (-11, '16:10', booked),
                (-9, '13:27', collected(reference='SCAN 135501')),
                (-2, '14:02', planned('ดอยสะเก็ดวิลล่า ตำบลเชิงดอย อำเภอดอยสะเก็ด เชียงใหม่ 50220',
                                      'คุณพลอย 081 000 0101', *SOMCHAI)),
                (0, '09:12', moved(Stage.PICKING)),
            ),
            deposit=20000,
            discount=10,
            notes='ราคานี้รวมพนักงานคุมรถปั่นไฟและน้ำมันวันละ 12 ชั่วโมง',
            internal='ลูกค้าขอของออกจากคลังก่อน 6 โมงเช้า',
        ),
        Rental(
            'klongkaeo', 'Feature film “Paper Lanterns”, main unit', 'ภาพยนตร์ “โคมกระดาษ” กองหลัก', -9, 14,
            (Rented(ALEXA, 2, WEEKLY), Rented(PRIMES, 1, WEEKLY), Rented(SKYPANEL, 8, WEEKLY),
             Rented(SKYPANEL_120, 2, WEEKLY), Rented(HMI, 4), Rented(DOLLY), Rented(C_STAND, 30, WEEKLY),
             Rented(SANDBAG, 60, WEEKLY), Rented(GENERATOR), Rented(WALKIE, 24, WEEKLY), Rented(CHAIR, 12),
             Rented(UPCOUNTRY, 2), Rented(CREW, 84), Rented(WAIVER, optional=True)),
            (
                (-26, '09:40', drafted), (-26, '17:15', sent), (-24, '11:31', signed), (-24, '13:00', booked),
                (-20, '10:05', prepaid(300000, reference='BBL 220114')),
                (-16, '15:20', collected(60000, Method.BANK_TRANSFER, 'KBANK 881203')),
                (-11, '16:00', planned('หมู่บ้านคลองสวน ตำบลคลองสวน อำเภอบางบ่อ สมุทรปราการ 10560',
                                       'พี่ศักดิ์ (แก๊ฟเฟอร์) 081 000 0122', *SOMCHAI)),
                (-10, '08:30', moved(Stage.PICKING)), (-10, '17:50', moved(Stage.LOADED)),
                (-9, '04:45', moved(Stage.DELIVERING)), (-9, '06:30', moved(Stage.ON_SITE)),
                (-8, '11:00', billed),
                (-1, '19:20', extended(5)),
            ),
            deposit=100000,
            discount=10,
            notes='ส่งของล่วงหน้า 1 คืน ไม่คิดค่าเช่าเพิ่ม',
        ),
        Rental(
            'klongkaeo', 'Pick-up day, “Paper Lanterns”', 'ถ่ายซ่อม “โคมกระดาษ”', 0, 1,
            (Rented(FX9), Rented(ZOOM, 2), Rented(TUBES), Rented(GIMBAL), Rented(DELIVERY), Rented(ASSISTANT)),
            (
                (-4, '14:10', drafted), (-4, '14:32', sent), (-3, '09:55', signed), (-3, '10:02', booked),
                (-1, '15:10', planned('', 'คุณณัฐ 081 000 0102', *PRASERT)),
                (-1, '16:45', moved(Stage.PICKING)), (0, '07:40', moved(Stage.LOADED)),
            ),
        ),
        Rental(
            'rimnam', 'Company party by the river', 'งานเลี้ยงบริษัท ริมเจ้าพระยา', 0, 2,
            (Rented(TENT, 6), Rented(CANOPY, 10), Rented(FAN, 16), Rented(SPEAKERS, 2), Rented(WIRELESS, 6),
             Rented(GENERATOR), Rented(CABLE, 4), Rented(SETUP, 2), Rented(DELIVERY, 2), Rented(OVERTIME, 4)),
            (
                (-15, '10:12', drafted), (-15, '10:48', sent), (-14, '18:20', signed), (-13, '09:04', booked),
                (-12, '11:36', collected(30000, Method.BANK_TRANSFER, 'SCB 440921')),
                (-2, '09:30', planned('', 'คุณเสริฐ 085 000 0106', *ANAN)),
                (-1, '10:00', moved(Stage.PICKING)), (-1, '13:15', went_back('นับเต็นท์ไม่ครบ รอของคืนจากงานก่อนหน้า')),
                (-1, '16:30', moved(Stage.PICKING)), (0, '06:50', moved(Stage.LOADED)),
                (0, '08:05', moved(Stage.DELIVERING)),
            ),
            deposit=30000,
            discount=5000,
            discount_kind=DiscountKind.THB,
        ),
        Rental(
            'rimnam', 'Book fair, two halls', 'มหกรรมหนังสือ 2 ฮอลล์', -2, 6,
            (Rented(SPEAKERS, 3), Rented(WIRELESS, 8), Rented(TUBES, 2), Rented(CABLE, 6), Rented(SETUP),
             Rented(DELIVERY)),
            (
                (-18, '13:44', drafted), (-18, '14:00', sent), (-16, '10:26', signed), (-16, '11:00', booked),
                (-4, '09:10', planned('ศูนย์ประชุมบางกะปิ ฮอลล์ 3-4 แขวงคลองจั่น เขตบางกะปิ กรุงเทพฯ 10240',
                                      'คุณใหม่ 02 000 0106', *PRASERT)),
                (-3, '09:00', moved(Stage.PICKING)), (-3, '17:00', moved(Stage.LOADED)),
                (-2, '05:30', moved(Stage.DELIVERING)), (-2, '07:15', moved(Stage.ON_SITE)),
                (-1, '10:40', billed),
                (0, '08:34', said_paid_invoice(withholding=True, bank='014', reference='01483412775104XB2')),
            ),
            deposit=15000,
        ),
        Rental(
            'harrow', 'Documentary “The Long Rails”, Kanchanaburi', 'สารคดี “ทางรถไฟสายยาว” กาญจนบุรี', -20, 45,
            (Rented(FX9, 2, MONTHLY), Rented(PRIMES, 1, MONTHLY), Rented(TRIPOD, 2, MONTHLY),
             Rented(INTERVIEW, 1, MONTHLY), Rented(GIMBAL, 1, WEEKLY), Rented(APUTURE, 2, MONTHLY),
             Rented(WALKIE, 10, MONTHLY), Rented(UPCOUNTRY, 2)),
            (
                (-40, '16:20', drafted), (-39, '09:15', sent), (-36, '22:04', signed), (-35, '09:30', booked),
                (-30, '10:50', collected(150000, Method.BANK_TRANSFER, 'SWIFT HFP-0031')),
                (-22, '13:30', planned('', 'Khun Aom 083 000 0108', *SOMCHAI)),
                (-21, '09:05', moved(Stage.PICKING)), (-21, '16:20', moved(Stage.LOADED)),
                (-20, '06:10', moved(Stage.DELIVERING)), (-20, '10:35', moved(Stage.ON_SITE)),
                (-19, '11:20', billed), (-10, '14:12', paid(reference='SWIFT HFP-0038')),
            ),
            deposit=150000,
            notes='Prices include a replacement body within 24 hours.',
            internal='Carnet and film permit copies are in the folder of the coordinator.',
        ),
        Rental(
            'andaman', 'Beach wedding, Kata Noi', 'งานแต่งริมหาด กะตะน้อย', -2, 2,
            (Rented(FX6), Rented(ZOOM), Rented(LANTERN, 4), Rented(C_STAND, 4), Rented(WIRELESS)),
            (
                (-24, '11:12', drafted), (-24, '11:40', sent), (-23, '08:58', signed), (-23, '09:30', booked),
                (-20, '15:05', collected(method=Method.CREDIT_CARD, reference='CARD 4410')),
                (-5, '10:00', planned('', 'Sarah 082 000 0104', *PRASERT)),
                (-4, '09:00', moved(Stage.PICKING)), (-4, '15:45', moved(Stage.LOADED)),
                (-3, '05:00', moved(Stage.DELIVERING)), (-2, '09:20', moved(Stage.ON_SITE)),
                (-2, '16:00', billed), (-1, '12:00', paid(6000, Method.CREDIT_CARD, reference='CARD 4417')),
                (0, '08:40', moved(Stage.RETURNING)),
            ),
            deposit=10000,
        ),
    ]  # fmt: skip


def _ahead() -> list[Rental]:
    return [
        Rental(
            'mango', 'Skincare commercial, Studio 5', 'โฆษณาสกินแคร์ สตูดิโอ 5', 5, 3,
            (Rented(ALEXA), Rented(PRIMES), Rented(MONITOR, 2), Rented(SKYPANEL, 6), Rented(FRAME, 2), Rented(SLIDER),
             Rented(DELIVERY), Rented(ASSISTANT, 6), Rented(CREW, 12)),
            (
                (-8, '15:35', drafted), (-8, '16:00', sent), (-7, '10:17', signed), (-7, '10:40', booked),
                (-6, '13:22', prepaid(80000, reference='MMA-2210')),
            ),
            deposit=0,
            discount=5,
        ),
        Rental(
            'thonburi', 'Quiz show, new season', 'รายการควิซโชว์ ซีซั่นใหม่', 12, 60,
            (Rented(SKYPANEL, 10, MONTHLY), Rented(TUBES, 2, MONTHLY), Rented(MONITOR, 3, MONTHLY),
             Rented(TRIPOD, 3, MONTHLY), Rented(SETUP, 2), Rented(DELIVERY)),
            (
                (-10, '11:00', drafted), (-9, '09:20', sent), (-6, '16:48', signed), (-5, '09:00', booked),
            ),
            discount=10,
        ),
        Rental(
            'rimnam', 'Open-air concert, Rama VIII bridge', 'คอนเสิร์ตกลางแจ้ง เชิงสะพานพระราม 8', -6, 2,
            (Rented(TENT, 4), Rented(SPEAKERS, 4), Rented(GENERATOR, 2), Rented(CABLE, 8), Rented(SETUP, 3)),
            (
                (-25, '10:30', drafted), (-25, '11:00', sent), (-24, '14:19', signed), (-24, '15:00', booked),
                (-22, '10:10', collected(reference='SCAN 220884')),
                (-8, '17:30', cancelled('ผู้จัดยกเลิกงานเพราะพายุเข้า / Called off by the organiser because of the storm')),
                (-4, '11:15', given_back(
                    KeptEntry(KeptKind.CHARGE, 'ค่ายกเลิกงานน้อยกว่า 3 วันก่อนวันงาน', Decimal(12000)),
                    reference='KBANK 118820',
                )),
            ),
            deposit=40000,
        ),
    ]  # fmt: skip


def _offers() -> list[Rental]:
    return [
        Rental(
            'nimman', 'ARRI SkyPanel package, 3 weeks', 'ชุดไฟ ARRI SkyPanel 3 สัปดาห์', 16, 21,
            (Rented(SKYPANEL, 2, WEEKLY), Rented(APUTURE, 1, WEEKLY), Rented(WAIVER),
             Rented(OVERTIME, 5, optional=True)),
            ((-3, '09:31', drafted), (-2, '09:31', sent)),
            deposit=20000,
            notes='รวมค่าส่งและรับคืนในกรุงเทพฯ แล้ว',
        ),
        Rental(
            'harrow', 'Second unit, night train', 'กองสอง ฉากรถไฟกลางคืน', 12, 4,
            (Rented(FX6, 2), Rented(PRIMES), Rented(TUBES), Rented(GIMBAL), Rented(UPCOUNTRY), Rented(ASSISTANT, 4)),
            (
                (-2, '17:05', drafted), (-1, '10:26', sent),
                (-1, '17:48', asked('We wrap at 5 am on two of the nights. Is overtime after midnight included, '
                                    'or is it charged by the hour?', ASSISTANT)),
            ),
            deposit=50000,
        ),
        Rental(
            'foundation', 'Short film workshop, 5 days', 'อบรมทำหนังสั้น 5 วัน', 9, 5,
            (Rented(FX6, 3), Rented(TRIPOD, 3), Rented(INTERVIEW, 2), Rented(APUTURE, 4), Rented(UPCOUNTRY)),
            (
                (-5, '13:15', drafted), (-4, '08:00', sent),
                (-1, '14:12', asked('ผู้เข้าอบรมเพิ่มเป็น 4 กลุ่ม ขอกล้องเพิ่มอีก 1 ชุดได้ไหม และราคานี้รวมค่าขนส่งถึงขอนแก่นแล้วหรือยัง')),
                (-1, '16:31', rewritten([Rented(FX6), Rented(TRIPOD)], discount=20,
                                        notes='ราคานี้รวมค่าขนส่งไป-กลับขอนแก่นแล้ว')),
            ),
            discount=15,
            deposit=10000,
        ),
        Rental(
            'weber', 'Portrait series, Charoen Krung', 'ชุดภาพพอร์ตเทรต เจริญกรุง', 4, 3,
            (Rented(APUTURE, 2), Rented(LANTERN, 2), Rented(C_STAND, 4), Rented(STUDIO)),
            ((-3, '12:12', drafted), (-3, '12:40', sent), (-1, '20:31', signed), (0, '07:48', said_paid_deposit)),
            deposit=8000,
        ),
        Rental(
            'weber', 'Rooftop editorial', 'ถ่ายแฟชั่นดาดฟ้า', -11, 1,
            (Rented(HMI), Rented(FRAME), Rented(C_STAND, 3), Rented(DELIVERY)),
            ((-28, '10:05', drafted), (-28, '10:30', sent), (-13, '00:10', expired)),
        ),
        Rental(
            'mango', 'Car commercial, Hua Hin', 'โฆษณารถยนต์ หัวหิน', 6, 4,
            (Rented(ALEXA, 2), Rented(JIB), Rented(DOLLY), Rented(GENERATOR), Rented(UPCOUNTRY), Rented(CREW, 24)),
            (
                (-9, '11:20', drafted), (-9, '14:00', sent),
                (-5, '09:44', declined('The client moved the shoot to next quarter; we will come back to you.')),
            ),
            discount=5,
        ),
        Rental(
            'thonburi', 'Extra lights for the final', 'ไฟเสริมรอบชิงชนะเลิศ', 40, 2,
            (Rented(SKYPANEL_120, 4), Rented(TUBES, 1), Rented(CREW, 8)),
            ((0, '10:15', drafted),),
            internal='รอคุณวรายืนยันวันถ่ายก่อนส่ง',
        ),
    ]  # fmt: skip
