"""Members, their documents, and the holder of the account that pays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class DocumentType(StrEnum):
    """Kinds of identity document, as the Member Core API names them."""

    CC = "CC"
    CE = "CE"
    TI = "TI"
    PPT = "PPT"
    PA = "PA"
    NIT = "NIT"


class DocumentProblem(StrEnum):
    """Why a document can not be right. The views choose the words that a member reads."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    CHARACTERS = "characters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LEADING_ZERO = "leading_zero"
    PERSON_WITH_NIT = "person_with_nit"
    COMPANY_WITHOUT_NIT = "company_without_nit"
    CHECK_DIGIT = "check_digit"


_NIT_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)

# Gateways accept a CC of 4 to 10 digits and a NIT of 7 to 10; the core accepts 3 to 20 for every type.
_LENGTHS = {
    DocumentType.CC: (4, 10),
    DocumentType.CE: (4, 10),
    DocumentType.TI: (8, 11),
    DocumentType.PPT: (5, 10),
    DocumentType.PA: (5, 16),
    DocumentType.NIT: (7, 10),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document type and number: upper-case letters and digits, no dots, no check digit."""

    type: DocumentType
    number: str

    @classmethod
    def cleaned(cls, type_: DocumentType, typed: str) -> Document:
        """What was typed, without dots, spaces and dashes, in upper case; a NIT without its check digit."""
        number = re.sub(r"[\s.\-]", "", typed).upper()
        if type_ is DocumentType.NIT and _with_check_digit(typed, number):
            if nit_check_digit(number[:-1]) == number[-1]:
                number = number[:-1]
            else:
                number = f"{number[:-1]}-{number[-1]}"  # the dash makes `problem` report it
        return cls(type_, number)

    def problem(self) -> DocumentProblem | None:
        """The first thing wrong with it, or None. Only a passport may have letters."""
        shortest, longest = _LENGTHS[self.type]
        checks = (
            (not self.number, DocumentProblem.EMPTY),
            (self.type is DocumentType.PA and not re.fullmatch(r"[0-9A-Z]*", self.number),
             DocumentProblem.CHARACTERS),
            (self.type is DocumentType.NIT and "-" in self.number, DocumentProblem.CHECK_DIGIT),
            (self.type is not DocumentType.PA and not re.fullmatch(r"[0-9]*", self.number),
             DocumentProblem.NOT_DIGITS),
            (len(self.number) < shortest, DocumentProblem.TOO_SHORT),
            (len(self.number) > longest, DocumentProblem.TOO_LONG),
            (self.number.startswith("0") and self.type is not DocumentType.PA,
             DocumentProblem.LEADING_ZERO),
        )  # fmt: skip
        return next((problem for wrong, problem in checks if wrong), None)

    def masked(self) -> str:
        """At most the last four shown, never more than half: "CC ******7890", "CC ***456", "CC **34".

        Only this form of a document may be printed or stored.
        """
        hidden = len(self.number) - shown_of(len(self.number))
        return f"{self.type} {'*' * hidden}{self.number[hidden:]}"


def shown_of(length: int) -> int:
    """How many characters at the end of a number may be shown: four at most, never more than half."""
    return min(4, length // 2)


def nit_check_digit(number: str) -> str:
    """DIAN's check digit of a NIT: weighted by primes from the right, modulo 11."""
    rest = (
        sum(int(digit) * weight for digit, weight in zip(reversed(number), _NIT_WEIGHTS, strict=False)) % 11
    )
    return str(rest if rest < 2 else 11 - rest)


def _with_check_digit(typed: str, number: str) -> bool:
    if not re.fullmatch(r"[0-9]{2,11}", number):
        return False
    # A company's NIT has nine digits and begins with 8 or 9. Ten digits are a person's number, or a
    # company's NIT with its check digit.
    return bool(re.search(r"-\s*[0-9]\s*$", typed)) or (len(number) == 10 and number[0] in "89")


@dataclass(frozen=True, slots=True)
class Member:
    """An asociado as the core names them. `email_masked` is None when none is on file."""

    member_id: str
    display_name: str
    document_masked: str
    email_masked: str | None
    joined_on: date | None = None
    """Day of joining; PSE wants it from «Servicios Financieros» merchants. None if the core does not say."""


@dataclass(frozen=True, slots=True)
class MemberSession:
    """The core's answer to a correct key. The token never reaches a log, a file or a repr."""

    member: Member
    expires_at: datetime
    must_change_key: bool
    token: str = field(repr=False)


class HolderKind(StrEnum):
    """PSE's person type: it chooses which of the bank's pages opens."""

    NATURAL = "natural"
    COMPANY = "company"


class HolderProblem(StrEnum):
    """What is wrong with a field of the account holder."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    FORBIDDEN_CHARACTERS = "forbidden_characters"
    NOT_AN_EMAIL = "not_an_email"
    NOT_A_MOBILE = "not_a_mobile"


_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class AccountHolder:
    """The titular: who owns the bank account, not necessarily the member (SARLAFT: recorded).

    `name` is the full name or the company's; `email` at most 70 characters, which every
    gateway takes; `mobile` ten digits starting with 3.
    """

    kind: HolderKind
    document: Document
    name: str
    email: str
    mobile: str

    def problems(self) -> dict[str, DocumentProblem | HolderProblem]:
        """Field name -> what is wrong; empty when the holder may go to the gateway."""
        found = {
            "document": self._document_problem(),
            "name": _name_problem(self.name),
            "email": email_problem(self.email),
            "mobile": mobile_problem(self.mobile),
        }
        return {where: problem for where, problem in found.items() if problem}

    def _document_problem(self) -> DocumentProblem | None:
        # The scheme (v18 on) wants a NIT for every company and never for a person.
        is_nit = self.document.type is DocumentType.NIT
        if self.kind is HolderKind.NATURAL and is_nit:
            return DocumentProblem.PERSON_WITH_NIT
        if self.kind is HolderKind.COMPANY and not is_nit:
            return DocumentProblem.COMPANY_WITHOUT_NIT
        return self.document.problem()


def _name_problem(name: str) -> HolderProblem | None:
    if not name.strip():
        return HolderProblem.EMPTY
    if len(name) > 100:
        return HolderProblem.TOO_LONG
    # `|` and `"` break the scheme's fraud engine.
    return HolderProblem.FORBIDDEN_CHARACTERS if re.search(r'[|"<>;]', name) else None


def email_problem(email: str) -> HolderProblem | None:
    """None for an address every gateway takes."""
    if not email:
        return HolderProblem.EMPTY
    if len(email) > 70:
        return HolderProblem.TOO_LONG
    return None if _EMAIL.fullmatch(email) and ".." not in email else HolderProblem.NOT_AN_EMAIL


def mobile_problem(mobile: str) -> HolderProblem | None:
    """None for a Colombian mobile number: ten digits that start with 3."""
    if not mobile:
        return HolderProblem.EMPTY
    return None if re.fullmatch(r"3[0-9]{9}", mobile) else HolderProblem.NOT_A_MOBILE
