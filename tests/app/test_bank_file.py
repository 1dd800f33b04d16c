"""Statements of banks are read in whatever encoding, calendar and order they come, and what came in is found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.bank_file import MOST_ROWS, BankFile, Columns, guessed, opened, rows_of
from app.words import words
from models import BankRow, Refused

KBANK = """Account Number,012-3-45678-9
Account Name,SIAM LIGHT & GRIP CO.,LTD.
Account Nickname,บจก. สยาม ไลท์
Statement Period,01/11/2026 - 30/11/2026
Date,Transaction Type,Withdrawal (THB),Deposit (THB),Outstanding Balance (THB),Service Channel,Note
01/11/2026 09:04:40,"Transfer Deposit","","57,000.00","389,319.99","K PLUS","INV20260117",
02/11/2026 12:54:42,"Fee","100.00","","389,219.99","AUTO","",
03/11/2026 08:00:00,"Transfer Deposit","","1.50","389,221.49","K PLUS","",
"""
SCB = """Account Number,Date,Time,Transaction Code,Channel,Cheque Number,Debit Amount,Credit Amount,Balance Sign,Balance Amount,Description
1402534172,01/04/2026,00:21,X1,BCMS,N/A,,"22,338.00", ,"31,728,146.80",Transfer from SCB x5334 บริษัท นิมมานฟิล์ม
1402534172,02/04/2026,10:05,C1,BCMS,N/A,"500.00",, ,"31,727,646.80",ค่าธรรมเนียม
"""  # noqa: E501
BANGKOK = """"Export Date and Time"
"21/08/2026 10:49:45"
Transaction Date and Time,Value Date,Description,Cheque Number,Debit Amount,Credit Amount,Ledger Balance,Channel of transaction,Branch
"20/08/2026 21:07:00","20/08/2026","CHEQUE AUTOPOST (Sys.Gen)","0002933140","-4,121.64 THB",0.00,"2,589,588.86 THB","Automatic","BANG KHRU"
"20/08/2026 21:09:00","20/08/2026","BILL PAYMENT INV20260042","","0.00","107,000.00 THB","2,696,588.86 THB","mBanking",""
"""  # noqa: E501
THAI = 'วันที่;เวลา;รายการ;ถอนเงิน;ฝากเงิน;ยอดคงเหลือ\n22 พ.ย. 2569;14:05;รับโอน;;1,234.50;5,000.00\n23/11/69;09:00;โอนออก;50.00;;4,950.00\n'  # noqa: E501


def read(text: str, encoding: str = 'utf-8') -> tuple[BankFile, list[BankRow]]:
    file = opened(text.encode(encoding))
    columns = guessed(file)
    assert columns
    rows, unreadable = rows_of(file, columns)
    assert unreadable == 0
    return file, rows


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'cp874', 'utf-16'])
def test_kbank_in_every_encoding(encoding: str) -> None:
    file, rows = read(KBANK, encoding)
    assert file.bank == 'KBank'
    assert rows == [
        BankRow(date(2026, 11, 1), Decimal('57000.00'), 'Transfer Deposit K PLUS INV20260117', '09:04:40'),
        BankRow(date(2026, 11, 3), Decimal('1.50'), 'Transfer Deposit K PLUS', '08:00:00'),
    ]


@pytest.mark.parametrize('encoding', ['utf-8', 'tis-620'])
def test_scb(encoding: str) -> None:
    file, [row] = read(SCB, encoding)
    assert file.bank == 'SCB'
    assert (row.booked_on, row.amount, row.at) == (date(2026, 4, 1), Decimal('22338.00'), '00:21')
    assert 'บริษัท นิมมานฟิล์ม' in row.text
    assert '31,728,146.80' not in row.text


def test_bangkok_bank() -> None:
    file, [row] = read(BANGKOK + ' \n')  # it ends with a line of blanks
    assert file.bank == 'Bangkok Bank'
    assert (row.booked_on, row.amount) == (date(2026, 8, 20), Decimal('107000.00'))
    assert 'INV20260042' in row.text


def test_any_other_by_thai_names_and_buddhist_years() -> None:
    file, [row] = read(THAI, 'cp874')
    assert file.bank == ''
    assert row == BankRow(date(2026, 11, 22), Decimal('1234.50'), 'รับโอน', '14:05')


@pytest.mark.parametrize(
    ('written', 'order'),
    [
        ('22/11/2569', 'dmy'), ('22-11-69', 'dmy'), ('22.11.26', 'dmy'), ('22 พฤศจิกายน 2569', 'dmy'),
        ('22-Nov-2026', 'dmy'),
        ('2026-11-22', 'ymd'), ('11/22/2026', 'mdy'), ('20261122', 'dmy'), ('๒๒/๑๑/๒๕๖๙', 'dmy'),
    ],
)  # fmt: skip
def test_a_day_in_many_hands(written: str, order: str) -> None:
    file = BankFile(('Date', 'In', 'Text'), ((written, '5.00', 'x'),))
    [row], _ = rows_of(file, Columns(0, 1, order=order))
    assert row.booked_on == date(2026, 11, 22)


def test_one_column_with_both_directions() -> None:
    file = opened(b'Date,Text,Amount\n2026-11-22,in,"1,000.00"\n2026-11-23,out,-5.00\n2026-11-24,out,(7.00)\n')
    columns = guessed(file)
    assert columns and columns.signed
    rows, _ = rows_of(file, columns)
    assert [row.amount for row in rows] == [Decimal(1000)]


def test_what_no_name_says_a_clerk_may_say_and_it_is_remembered_by_the_head() -> None:
    file = opened(b'Alpha,Beta,Gamma\n22/11/2026,x,100.00\n')
    assert guessed(file) is None
    said = Columns(0, 2)
    assert Columns.of_json(said.json) == said
    assert [row.amount for row in rows_of(file, said)[0]] == [Decimal(100)]
    assert file.head == opened(b'ALPHA , beta,Gamma\n23/11/2026,y,1\n').head
    assert file.head != opened(b'Alpha,Beta,Delta\n23/11/2026,y,1\n').head


def test_rows_that_cannot_be_read_are_counted_and_left_out() -> None:
    file = opened(b'Date,Text,Deposit\n22/11/2026,x,100.00\n31/31/2026,y,5.00\n23/11/2026,z,many\n,total,100.00\n')
    columns = guessed(file)
    assert columns
    rows, unreadable = rows_of(file, columns)
    assert (len(rows), unreadable) == (1, 2)


def test_a_tax_id_is_no_amount() -> None:
    file = opened(b'Date,Text,Deposit,Tax id\n22/11/2026,x,100.00,0105540087061\n')
    assert rows_of(file, Columns(0, 3)) == ([], 1)


@pytest.mark.parametrize(
    'content',
    [
        b'', b'hello', b'PK\x03\x04', b'%PDF-1.7', b'a,b,c\n1,2,3\n', b'\0' * 100, b'x' * 5_000_001, b'"a\n' * 5,
        THAI.encode() + b';' * 100,
    ],
    ids=['nothing', 'a word', 'a spreadsheet', 'a PDF', 'no dates', 'zeroes', 'too large', 'an open quote', 'wide'],
)  # fmt: skip
def test_what_is_no_table_of_days_and_amounts_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match='statement_unreadable'):
        opened(content)


def test_a_statement_of_more_rows_than_are_read_at_once_is_refused_whole_and_says_what_to_do() -> None:
    head, row = b'Date,Text,Deposit\n', b'22/11/2026,x,100.00\n'
    assert len(opened(head + row * MOST_ROWS).rows) == MOST_ROWS
    with pytest.raises(Refused, match='statement_too_long') as refused:
        opened(head + row * (MOST_ROWS + 1234))
    assert 'has 21,234 rows; at most 20,000 are read at once' in words('en').refusal(refused.value)
    assert '21,234' in words('th').refusal(refused.value) and 'แบ่งไฟล์' in words('th').refusal(refused.value)
