"""The firm: names, tax identity, bank and PromptPay, terms, look and portal settings. One installation, one firm."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stdnum.th import tin
from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change
from models.numbering import NumberCounter, Series
from models.written import dense, is_email, is_phone, tax_identity

HEAD_OFFICE = '00000'
LONGEST_PREFIX = 12
PREFIX = re.compile(rf'[^\s/?#%&]{{1,{LONGEST_PREFIX}}}')  # numbers stand in addresses, too
LEAST_ORIGIN_DAYS = 90  # Computer Crime Act s.26: traffic records are kept for 90 days at least


class TaxPoint(StrEnum):
    """When VAT falls due. A rental is a service: when money is received (Revenue Code s.78/1), unless set otherwise."""

    PAYMENT = 'Payment'
    ISSUE = 'Issue'


class CodePolicy(StrEnum):
    OFF = 'Off'
    FLAGGED = 'Only for flagged customers'
    EVERYONE = 'For everyone'


class Business(Record):
    only = fields.IntField(default=1, unique=True)
    name = fields.CharField(max_length=200)
    name_th = fields.CharField(max_length=200, default='')
    address = fields.TextField(default='')
    address_th = fields.TextField(default='')
    phone = fields.CharField(max_length=40, default='')
    email = fields.CharField(max_length=200, default='')
    line_url = fields.CharField(max_length=200, default='')
    website = fields.CharField(max_length=200, default='')
    accent = fields.CharField(max_length=7, default='#0c6b58')
    logo_light = fields.BinaryField(null=True)
    logo_dark = fields.BinaryField(null=True)
    vat_registered = fields.BooleanField(default=True)
    tax_id = fields.CharField(max_length=13, default='')
    branch = fields.CharField(max_length=5, default=HEAD_OFFICE)
    vat_rate = fields.DecimalField(max_digits=5, decimal_places=2, default=Decimal('7.00'))
    vat_rounding = fields.DecimalField(max_digits=3, decimal_places=2, default=Decimal('0.01'))
    tax_point = fields.CharEnumField(TaxPoint, default=TaxPoint.PAYMENT, max_length=10)
    terms_days = fields.IntField(default=30)
    deposit_refund_days = fields.IntField(default=7)
    promptpay_id = fields.CharField(max_length=15, default='')
    promptpay_kind = fields.CharField(max_length=10, default='')
    promptpay_static = fields.BooleanField(default=False, db_default=False)
    part_payments = fields.BooleanField(default=True, db_default=True)
    bank_accounts = fields.TextField(default='')
    rental_terms = fields.TextField(default='')
    rental_terms_th = fields.TextField(default='')
    terms_version = fields.IntField(default=1)
    privacy_notice = fields.TextField(default='')
    privacy_notice_th = fields.TextField(default='')
    language = fields.CharField(max_length=2, default='th')
    prefixes: dict[str, str] = fields.JSONField(default=dict)
    code_policy = fields.CharEnumField(CodePolicy, max_length=30, default=CodePolicy.OFF)
    code_balance = fields.DecimalField(max_digits=14, decimal_places=2, default=Decimal('500000.00'))
    origin_days = fields.IntField(default=400)

    class Meta:
        table = 'business'

    @classmethod
    async def the(cls) -> 'Business':
        """The firm. Raises Refused('not_set_up') before the owner has made it."""
        if firm := await cls.get_or_none(only=1):
            return firm
        raise Refused('not_set_up')

    @classmethod
    async def found(cls, *, name: str, by: Actor, **facts: Any) -> 'Business':
        """Make the one firm of this installation."""
        by.must(Module.SETTINGS, Level.MANAGE)
        at = now()
        async with one_change():
            firm = await cls.create(**_checked({'name': name, **facts}))
            await Activity.note('business_founded', by=by, at=at)
        return firm

    async def amend(self, *, version: int, by: Actor, **facts: Any) -> None:
        """Change settings, made from `version`. New rental terms become the next version of the terms.

        Raises Refused: `name_missing`, `tax_id_malformed`, `branch_malformed`, `prefix_used`, `prefix_malformed`,
        `prefix_taken`, `changed_meanwhile`.
        """
        by.must(Module.SETTINGS, Level.WRITE)
        facts = _checked(facts)
        at = now()
        async with one_change():
            if 'prefixes' in facts:
                await self._refuse_used_prefixes(facts['prefixes'])
            if any(key in facts and facts[key] != getattr(self, key) for key in ('rental_terms', 'rental_terms_th')):
                facts['terms_version'] = self.terms_version + 1
            changed = sorted(key for key, value in facts.items() if value != getattr(self, key))
            await self.set_unless_changed(version, **facts)
            if changed:
                await Activity.note('business_amended', by=by, at=at, fields=', '.join(changed))

    @classmethod
    async def prefix_of(cls, series: Series) -> str:
        firm = await cls.get_or_none(only=1).only('id', 'prefixes')
        return firm.prefix(series) if firm else series.value

    def prefix(self, series: Series) -> str:
        return self.prefixes.get(series.value) or series.value

    @property
    def vat_percent(self) -> Decimal:
        """What VAT this firm charges: none when it is not registered."""
        return self.vat_rate if self.vat_registered else Decimal('0.00')

    def text(self, field: str, language: str) -> str:
        """A bilingual field in the language asked for, else in the other."""
        english, thai = getattr(self, field), getattr(self, f'{field}_th')
        return str((thai or english) if language == 'th' else (english or thai))

    async def _refuse_used_prefixes(self, wanted: dict[str, str]) -> None:
        begun = await NumberCounter.begun()
        for series in Series:
            if series in begun and wanted.get(series.value, series.value) != self.prefix(series):
                raise Refused('prefix_used', prefix=self.prefix(series))


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    facts = {key: value.strip() if isinstance(value, str) else value for key, value in facts.items()}
    if 'name' in facts and not facts['name']:
        raise Refused('name_missing')
    facts |= tax_identity(facts)
    if facts.get('promptpay_id'):
        facts['promptpay_id'] = dense(facts['promptpay_id'])
    if facts.get('phone') and not is_phone(facts['phone']):
        raise Refused('phone_malformed')
    if facts.get('email') and not is_email(facts['email']):
        raise Refused('email_malformed')
    if 'prefixes' in facts:
        facts['prefixes'] = _checked_prefixes(facts['prefixes'])
    if facts.get('origin_days') is not None and int(facts['origin_days']) < LEAST_ORIGIN_DAYS:
        raise Refused('origin_days_too_few')
    return facts


def _checked_prefixes(wanted: dict[str, str]) -> dict[str, str]:
    """By the value of the series. Two series with one prefix would give two papers one number."""
    wanted = {series: prefix.strip() for series, prefix in wanted.items()}
    for prefix in wanted.values():
        if not PREFIX.fullmatch(prefix):
            raise Refused('prefix_malformed', prefix=prefix)
    every = [wanted.get(series.value, series.value) for series in Series]
    if twice := [prefix for prefix in every if every.count(prefix) > 1]:
        raise Refused('prefix_taken', prefix=twice[0])
    return wanted


def tax_id_doubtful(tax_id: str) -> bool:
    """Whether a 13-digit tax ID has a wrong check digit: a reason to look again, never to refuse."""
    return bool(tax_id) and not tin.is_valid(tax_id)
