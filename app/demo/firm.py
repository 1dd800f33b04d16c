"""The demo firm itself: a rental house in Bangkok that belongs to nobody, its people, its terms and its sign."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from app.assets import FOLDER
from app.keys import BASE58, keys
from app.passwords import hash_password
from models import SYSTEM, Actor, Business, Role, Staff

DOMAIN = 'siamlight.example'

PEOPLE = {
    Role.OWNER: ('บุญเลิศ รัตนชัย (โบ้)', 'owner'),
    Role.ADMIN: ('นันทิดา คงเดช (แนน)', 'admin'),
    Role.SALES: ('กานดา ศรีวงศ์ (นก)', 'sales'),
    Role.BILLING: ('กัลยา พูนทรัพย์ (กิ๊ก)', 'billing'),
    Role.OPERATIONS: ('ต่อพงษ์ แสนดี (ต่อ)', 'operations'),
    Role.CREW: ('วิรัช มีแรง (เบียร์)', 'crew'),
}

TERMS = """\
1. Equipment is rented by the calendar day from the day of delivery to the day of return, both included.
2. The customer checks the equipment on delivery; what is not reported within 24 hours counts as complete and working.
3. Loss and damage are charged at the price of repair or replacement, and taken from the security deposit first.
4. The security deposit is returned within 7 days of the return of the complete equipment.
5. Cancelling less than 3 days before the job costs 30% of the rental; on the day itself, all of it.
6. Generators are rented with our operator and fuel for 12 hours; further hours are charged as overtime.
"""
TERMS_TH = """\
1. คิดค่าเช่าเป็นรายวันตามปฏิทิน นับตั้งแต่วันส่งมอบถึงวันรับคืน รวมทั้งสองวัน
2. คุณตรวจรับอุปกรณ์ ณ วันส่งมอบ หากไม่แจ้งภายใน 24 ชั่วโมง ถือว่าอุปกรณ์ครบถ้วนและใช้งานได้
3. อุปกรณ์สูญหายหรือเสียหาย คิดตามราคาซ่อมหรือราคาเปลี่ยนใหม่ โดยหักจากเงินประกันก่อน
4. เราคืนเงินประกันภายใน 7 วัน หลังได้รับอุปกรณ์คืนครบถ้วน
5. ยกเลิกน้อยกว่า 3 วันก่อนวันงาน คิด 30% ของค่าเช่า ยกเลิกในวันงาน คิดเต็มจำนวน
6. รถปั่นไฟให้เช่าพร้อมพนักงานคุมเครื่องและน้ำมัน 12 ชั่วโมง เกินจากนั้นคิดเป็นค่าล่วงเวลา
"""


async def found() -> dict[Role, Actor]:
    """Open the firm and take on one person for each role."""
    await Business.found(
        name='Siam Light & Grip Co., Ltd.',
        name_th='บริษัท สยาม ไลท์ แอนด์ กริป จำกัด',
        address='39/7 Soi Ramkhamhaeng 53, Phlapphla, Wang Thonglang, Bangkok 10310',
        address_th='39/7 ซอยรามคำแหง 53 แขวงพลับพลา เขตวังทองหลาง กรุงเทพมหานคร 10310',
        phone='02 000 0139',
        email=f'rent@{DOMAIN}',
        line_url='https://line.me/R/ti/p/@siamlight.example',
        website=f'https://{DOMAIN}',
        accent='#0c6b58',
        logo_light=logo('#0c6b58', '#ffffff'),
        logo_dark=logo('#55c7ab', '#08251e'),
        tax_id='0999000733598',
        promptpay_id='0999000733598',
        promptpay_kind='tax_id',
        bank_accounts='Demo Bank · ธนาคารตัวอย่าง 000-0-00139-0\nSiam Light & Grip Co., Ltd. · บจก. สยาม ไลท์ แอนด์ กริป',
        rental_terms=TERMS,
        rental_terms_th=TERMS_TH,
        by=SYSTEM,
    )
    hashed = await hash_password(password())
    return {
        role: (
            await Staff.enrol(name=name, email=f'{place}@{DOMAIN}', role=role, password_hash=hashed, by=SYSTEM)
        ).actor
        for role, (name, place) in PEOPLE.items()
    }


def password() -> str:
    """What all of them sign in with: another in every installation, and the same at every start of one."""
    drawn = int.from_bytes(keys().derive('password of the demo'))
    letters = []
    for _ in range(10):
        drawn, place = divmod(drawn, len(BASE58))
        letters.append(BASE58[place])
    return f'demo-{"".join(letters)}'


def logo(ground: str, letter: str) -> bytes:
    """The firm's sign: ส for Siam on a rounded square."""
    side = 4 * 96
    sign = Image.new('RGBA', (side, side))
    pen = ImageDraw.Draw(sign)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side // 4, fill=ground)
    font = ImageFont.truetype(BytesIO((FOLDER / 'fonts' / 'sarabun-700.woff2').read_bytes()), side * 3 // 4)
    left, top, right, bottom = pen.textbbox((0, 0), 'ส', font=font)
    pen.text(((side - left - right) / 2, (side - top - bottom) / 2), 'ส', font=font, fill=letter)
    out = BytesIO()
    sign.resize((192, 192), Image.Resampling.LANCZOS).save(out, 'PNG', optimize=True)
    return out.getvalue()
