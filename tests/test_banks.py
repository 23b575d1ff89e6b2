"""The bank list: fetched once a day, never with its own prompt as a bank, and picked on a real page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from counterparts import PLACETOPAY_LIKE, Clock, ScriptedGateway
from PySide6.QtTest import QAbstractItemModelTester

from kiosk.models.banks import BanksModel
from kiosk.pse.gateway import Bank, ErrorKind, NoVerdict, bank_list
from kiosk.teller.banks import BankDirectory
from kiosk.teller.errors import NoBankList

BANKS = (Bank("1007", "Banco Cordillera"), Bank("10322", "Banco Mirador"))


class ListingGateway(ScriptedGateway):
    """Gives the lists it was told, the last for ever."""

    def __init__(self, *lists: tuple[Bank, ...] | NoVerdict) -> None:
        super().__init__(abilities=replace(PLACETOPAY_LIKE, picks_bank_here=True))
        self.lists, self.asked = list(lists), 0

    def banks(self) -> tuple[Bank, ...] | NoVerdict:
        self.asked += 1
        return self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]


AWAY = NoVerdict(ErrorKind.NO_ANSWER)


def test_the_prompt_is_no_bank() -> None:
    entries = [
        ("0", "A continuación seleccione su banco"),
        ("10322", "Nequi "),
        ("1007", "BANCO DEL RÍO"),
        ("9", ""),
    ]
    assert bank_list(entries) == (Bank("1007", "BANCO DEL RÍO"), Bank("10322", "Nequi"))


def test_the_list_is_fetched_once_a_day() -> None:
    gateway, clock = ListingGateway(BANKS[:1], BANKS), Clock()
    directory = BankDirectory(gateway, clock)
    assert directory.list() == BANKS[:1]
    clock.forward(hours=23, minutes=59)
    assert (directory.list(), gateway.asked) == (BANKS[:1], 1)
    clock.forward(minutes=1)
    assert (directory.list(), gateway.asked) == (BANKS, 2)


def test_a_gateway_that_is_away_is_not_asked_for_every_member() -> None:
    gateway, clock = ListingGateway(BANKS[:1], AWAY, BANKS), Clock()
    directory = BankDirectory(gateway, clock)
    directory.list()
    clock.forward(days=1)
    for _ in range(3):
        assert directory.list() == BANKS[:1]
    assert gateway.asked == 2
    clock.forward(minutes=5)
    assert (directory.list(), gateway.asked) == (BANKS, 3)


@pytest.mark.parametrize("nothing", [AWAY, ()])
def test_without_a_list_it_says_so_and_asks_again(nothing: tuple[Bank, ...] | NoVerdict) -> None:
    gateway = ListingGateway(nothing, BANKS)
    directory = BankDirectory(gateway, Clock())
    with pytest.raises(NoBankList):
        directory.list()
    assert directory.list() == BANKS


def test_an_old_list_serves_one_more_day() -> None:
    gateway, clock = ListingGateway(BANKS, AWAY), Clock()
    directory = BankDirectory(gateway, clock)
    directory.list()
    clock.forward(hours=47)
    assert directory.list() == BANKS
    clock.forward(hours=1)
    with pytest.raises(NoBankList):
        directory.list()


def test_a_gateway_whose_page_asks_is_not_asked() -> None:
    gateway = ListingGateway(BANKS)
    gateway.abilities = PLACETOPAY_LIKE
    assert BankDirectory(gateway, Clock()).list() == ()
    assert gateway.asked == 0


def test_one_bank_is_picked_and_stays_so_while_it_is_listed(qapp: object) -> None:
    model = BanksModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.load(BANKS)
    model.pick(0)
    model.pick(1)
    assert [model.index(row).data(BanksModel.PICKED) for row in range(2)] == [False, True]
    model.load(BANKS)
    assert model.picked == BANKS[1]
    model.load(BANKS[:1])
    assert model.picked is None
