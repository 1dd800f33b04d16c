"""The customers of the demo firm. Their tax IDs have right check digits, and 0999 is given to nobody."""

from __future__ import annotations

from typing import Any, Final

from models import HEAD_OFFICE, ContactEntry, CustomerKind

COMPANY: Final = {'kind': CustomerKind.COMPANY, 'vat_registered': True, 'branch': HEAD_OFFICE}
PRIVATE: Final = {'kind': CustomerKind.INDIVIDUAL}

# The numbers to call are of an exchange that does not exist, the addresses to write to of a domain that cannot.
CUSTOMERS: dict[str, dict[str, Any]] = {
    'nimman': {
        **COMPANY,
        'name': 'Nimman Film Co., Ltd.',
        'name_th': 'บริษัท นิมมานฟิล์ม จำกัด',
        'code': 'C-001',
        'tax_id': '0999000100072',
        'language': 'th',
        'billing_address': '48/12 ซอยลาดพร้าว 71 แขวงลาดพร้าว เขตลาดพร้าว กรุงเทพฯ 10230',
        'delivery_address': '48/12 ซอยลาดพร้าว 71 แขวงลาดพร้าว เขตลาดพร้าว กรุงเทพฯ 10230',
        'notes': 'วางบิลทุกวันที่ 10 ของเดือน ติดต่อคุณฟ้าก่อนส่งเอกสาร',
        'contacts': [
            ContactEntry('พลอยพรรณ ศรีสุข', '081 000 0101', 'ploy@nimmanfilm.example', 'Khun Ploy', 'คุณพลอย', 'Producer'),
            ContactEntry('ฟ้าใส อินทร์แก้ว', '02 000 0101', 'account@nimmanfilm.example', 'Khun Fah', 'คุณฟ้า', 'Accounting'),
        ],
    },
    'klongkaeo': {
        **COMPANY,
        'name': 'Klong Kaeo Pictures Co., Ltd.',
        'name_th': 'บริษัท คลองแก้ว พิคเจอร์ส จำกัด',
        'code': 'C-002',
        'tax_id': '0999000179264',
        'language': 'th',
        'terms_days': 30,
        'billing_address': '9 อาคารสามย่านพลาซ่า ชั้น 4 ถนนพระรามที่ 4 แขวงวังใหม่ เขตปทุมวัน กรุงเทพฯ 10330',
        'delivery_address': 'โกดัง 3 ซอยรามคำแหง 118 แขวงสะพานสูง เขตสะพานสูง กรุงเทพฯ 10240',
        'notes': 'ลูกค้าประจำตั้งแต่ปีแรก ให้ส่วนลด 10% ได้โดยไม่ต้องขออนุมัติ',
        'contacts': [
            ContactEntry('ณัฐพล วงศ์ทองดี', '081 000 0102', 'nat@klongkaeo.example', 'Khun Nat', 'คุณณัฐ', 'Line producer'),
            ContactEntry('อรวรรณ ใจมั่น', '02 000 0102', 'finance@klongkaeo.example', 'Khun Orn', 'คุณอร', 'Accounting'),
            ContactEntry('สมศักดิ์ แสงเทียน', '081 000 0122', '', 'P’ Sak', 'พี่ศักดิ์', 'Gaffer'),
        ],
    },
    'krajok': {
        **COMPANY,
        'name': 'Baan Krajok Photo Studio Ltd., Part.',
        'name_th': 'ห้างหุ้นส่วนจำกัด บ้านกระจก โฟโต้สตูดิโอ',
        'code': 'C-003',
        'tax_id': '0999000258458',
        'language': 'th',
        'billing_address': '215 ซอยโชคชัย 4 แขวงลาดพร้าว เขตลาดพร้าว กรุงเทพฯ 10230',
        'delivery_address': '215 ซอยโชคชัย 4 แขวงลาดพร้าว เขตลาดพร้าว กรุงเทพฯ 10230',
        'contacts': [
            ContactEntry('ธนากร วงษา', '089 000 0103', 'bank@baankrajok.example', 'Khun Bank', 'คุณแบงค์'),
        ],
    },
    'andaman': {
        'kind': CustomerKind.COMPANY,
        'name': 'Andaman Tide Weddings Co., Ltd.',
        'name_th': 'บริษัท อันดามันไทด์ เวดดิ้งส์ จำกัด',
        'code': 'C-004',
        'tax_id': '0999000337641',
        'language': 'en',
        'billing_address': '77/3 Patak Road, Karon, Mueang Phuket, Phuket 83100',
        'delivery_address': 'Beach lawn, Kata Noi, Karon, Mueang Phuket, Phuket 83100',
        'notes': 'Sarah does not read Thai; call instead of writing on the day.',
        'contacts': [
            ContactEntry('Sarah Lim', '082 000 0104', 'sarah@andamantide.example', 'Sarah', 'คุณซาร่า', 'Planner')
        ],
    },
    'foundation': {
        **COMPANY,
        'name': 'Foundation for the Promotion of Independent Documentary, Short Film and Contemporary Media Arts'
        ' in the Upper Northeastern Region (Public Benefit Organisation)',
        'name_th': 'มูลนิธิส่งเสริมภาพยนตร์สารคดี ภาพยนตร์สั้น และสื่อศิลปะร่วมสมัย แห่งภาคตะวันออกเฉียงเหนือตอนบน (องค์กรสาธารณประโยชน์)',
        'code': 'C-005',
        'tax_id': '0999000416835',
        'vat_registered': False,
        'language': 'th',
        'terms_days': 15,
        'billing_address': '123/45 หมู่ 16 ถนนมิตรภาพ ตำบลในเมือง อำเภอเมืองขอนแก่น จังหวัดขอนแก่น 40000',
        'delivery_address': 'หอศิลป์ชุมชน ริมบึงแก่นนคร ตำบลในเมือง อำเภอเมืองขอนแก่น จังหวัดขอนแก่น 40000',
        'contacts': [
            ContactEntry('น้อยหน่า พิมพ์ทอง', '086 000 0105', 'noi@esandocs.example', 'Khun Noi', 'คุณน้อย', 'Coordinator')
        ],
    },
    'rimnam': {
        **COMPANY,
        'name': 'Rim Nam Event Organizer Co., Ltd.',
        'name_th': 'บริษัท ริมน้ำ อีเว้นท์ ออร์แกไนเซอร์ จำกัด',
        'code': 'C-006',
        'tax_id': '0999000496022',
        'language': 'th',
        'billing_address': '88/8 ถนนเจริญกรุง แขวงบางรัก เขตบางรัก กรุงเทพฯ 10500',
        'delivery_address': 'ลานริมน้ำ ท่าเรือเก่า ถนนเจริญกรุง แขวงบางรัก เขตบางรัก กรุงเทพฯ 10500',
        'notes': 'ขอใบกำกับภาษีตัวจริงก่อนโอนทุกครั้ง',
        'contacts': [
            ContactEntry('ใหม่ เจริญสุข', '02 000 0106', 'mai@rimnam.example', 'Khun Mai', 'คุณใหม่', 'Event manager'),
            ContactEntry('ประเสริฐ ขยันงาน', '085 000 0106', '', 'Khun Sert', 'คุณเสริฐ', 'Site manager'),
        ],
    },
    'kiatisak': {
        **PRIVATE,
        'name': 'Kiatisak Suwanphum',
        'name_th': 'เกียรติศักดิ์ สุวรรณภูมิพงษ์',
        'code': 'C-007',
        'language': 'th',
        'billing_address': '31 ซอยอารีย์ 4 แขวงพญาไท เขตพญาไท กรุงเทพฯ 10400',
        'delivery_address': '31 ซอยอารีย์ 4 แขวงพญาไท เขตพญาไท กรุงเทพฯ 10400',
        'notes': 'เก็บมัดจำเต็มจำนวนก่อนส่งของทุกครั้ง',
        'contacts': [ContactEntry('เกียรติศักดิ์ สุวรรณภูมิพงษ์', '081 000 0107', '', 'Khun Kiat', 'คุณเกียรติ')],
    },
    'harrow': {
        'kind': CustomerKind.COMPANY,
        'name': 'Harrow & Finch Pictures Ltd',
        'code': 'C-008',
        'language': 'en',
        'terms_days': 14,
        'billing_address': '14 Tanner Yard, London SE1 0XX, United Kingdom',
        'delivery_address': 'Unit base, Old Sugar Mill, Kanchanaburi 71000',
        'notes': 'Foreign crew under a film permit; the Thai coordinator is Khun Aom. Pays by international transfer.',
        'contacts': [
            ContactEntry(
                'Imogen Finch', '', 'imogen@harrowfinch.example', 'Imogen', 'คุณอิโมเจน', 'Unit production manager'
            ),
            ContactEntry(
                'Aomsin Thongchai', '083 000 0108', 'aom@harrowfinch.example', 'Khun Aom', 'คุณออม', 'Coordinator'
            ),
        ],
    },
    'mango': {
        **COMPANY,
        'name': 'Mango Monsoon Agency Co., Ltd.',
        'name_th': 'บริษัท แมงโก้ มอนซูน เอเจนซี่ จำกัด',
        'code': 'C-009',
        'tax_id': '0999000575216',
        'language': 'en',
        'billing_address': '555 Rama I Road, 12th Floor, Pathum Wan, Bangkok 10330',
        'delivery_address': 'Studio 5, Soi Sukhumvit 71, Phra Khanong Nuea, Watthana, Bangkok 10110',
        'contacts': [
            ContactEntry('Marisa Tan', '084 000 0109', 'marisa@mangomonsoon.example', 'Marisa', 'คุณมาริสา', 'Producer'),
        ],
    },
    'weber': {
        **PRIVATE,
        'name': 'Daniel Weber',
        'code': 'C-010',
        'language': 'en',
        'billing_address': '19/2 Soi Nana, Chakkrawat, Samphanthawong, Bangkok 10100',
        'delivery_address': 'He collects at our warehouse.',
        'contacts': [ContactEntry('Daniel Weber', '087 000 0110', 'daniel@weberphoto.example', 'Daniel', 'คุณแดเนียล')],
    },
    'thonburi': {
        **COMPANY,
        'name': 'Thonburi Knowledge Channel Co., Ltd.',
        'name_th': 'บริษัท ธนบุรี โนวเลดจ์ แชนแนล จำกัด',
        'code': 'C-011',
        'tax_id': '0999000654400',
        'language': 'th',
        'terms_days': 30,
        'billing_address': '1010 ถนนกรุงธนบุรี แขวงบางลำภูล่าง เขตคลองสาน กรุงเทพฯ 10600',
        'delivery_address': 'สตูดิโอ 2 ชั้น 6 เลขที่ 1010 ถนนกรุงธนบุรี แขวงบางลำภูล่าง เขตคลองสาน กรุงเทพฯ 10600',
        'contacts': [
            ContactEntry(
                'วราภรณ์ ทองใบ', '02 000 0111', 'wara@tkchannel.example', 'Khun Wara', 'คุณวรา', 'Studio manager'
            ),
        ],
    },
    'puppets': {
        'kind': CustomerKind.COMPANY,
        'name': 'Suan Ngoen Shadow Puppet Troupe',
        'name_th': 'คณะหุ่นเงาสวนเงิน',
        'code': 'C-012',
        'language': 'th',
        'billing_address': '7 ตรอกสวนเงิน ถนนอัษฎางค์ แขวงวัดราชบพิธ เขตพระนคร กรุงเทพฯ 10200',
        'contacts': [ContactEntry('มะลิ รุ่งเรือง', '089 000 0112', 'mali@suanngoen.example', 'Pa Mali', 'ป้ามะลิ')],
    },
}
