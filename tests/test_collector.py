"""The cyclic collector runs on the GUI thread or not at all."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from kiosk.app.collector import Collector


class Ring:
    """Refers to itself and to something of Qt."""

    def __init__(self, freed_on: list[int]) -> None:
        self.me, self.qt = self, QObject()
        weakref.finalize(self.qt, lambda: freed_on.append(threading.get_ident()))


def test_a_cycle_left_by_a_page_is_not_freed_by_a_lane(qapp: object) -> None:
    freed_on: list[int] = []
    collector = Collector()
    try:
        gc.collect()
        Ring(freed_on)
        # Enough that Python would have collected on the lane's thread.
        lane = threading.Thread(target=lambda: [[[]] for _ in range(50_000)])
        lane.start()
        lane.join()
        assert freed_on == []
        collector.rest()
        assert freed_on == [threading.get_ident()]
    finally:
        collector.close()
    assert gc.isenabled()


def test_young_cycles_do_not_wait_for_a_farewell(qapp: object) -> None:
    freed_on: list[int] = []
    collector = Collector()
    try:
        gc.collect()
        Ring(freed_on)
        kept = [[] for _ in range(50_000)]
        collector._collect_if_due()
        assert freed_on == [threading.get_ident()]
        assert kept
    finally:
        collector.close()
