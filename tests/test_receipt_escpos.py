"""Receipts on a thermal printer: the bytes, and what happens when the printer is in trouble."""

# ruff: noqa: ARG002 - a USB backend answers in pyusb's terms

from __future__ import annotations

import array
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from receipt_cases import FINE, ISSUER, NOW, PAID, LoopbackPrinter, PlayedPrinter
from usb.backend import IBackend
from usb.core import USBTimeoutError

from kiosk.cooperative.payment import State
from kiosk.receipt.document import receipt_of
from kiosk.receipt.escpos import ENCODING, NetworkEscpos, UsbEscpos, render
from kiosk.receipt.printer import NoPrinter, PaperState, Printer, PrinterFault, PrintResult
from kiosk.receipt.ticket_text import TicketLine, lines_of, printable

RECEIPT = receipt_of(PAID, ISSUER, now=NOW)
PENDING = receipt_of(replace(PAID, state=State.PENDING), ISSUER, now=NOW, demonstration=True)

OUT = (0x1A, 0x32, 0x72)
STATES = {
    PaperState.OK: FINE,
    PaperState.LOW: (0x12, 0x12, 0x1E),
    PaperState.OUT: OUT,
    PaperState.COVER_OPEN: (0x1A, 0x16, 0x12),
    PaperState.OFFLINE: (0x1A, 0x12, 0x12),
    PaperState.UNKNOWN: None,
}


def network(port: int) -> NetworkEscpos:
    return NetworkEscpos("127.0.0.1", port, timeout=0.3, finish_within=2)


# The bytes.


def test_the_job_starts_clean_and_ends_with_a_cut() -> None:
    job = render(RECEIPT)
    assert job.startswith(b"\x1b@")
    assert b"\x1bt\x13" in job[:12]
    assert job.count(b"\x1bt") == 1, "one code page for the whole job"
    assert re.search(rb"\x1dV[\x00\x01AB]\x00?\Z", job)


def test_letters_of_spanish_survive_the_code_page() -> None:
    letters = "áéíóúñÑ¿¡ÁÉÍÓÚüÜ«»·º"
    assert printable(letters, ENCODING) == letters
    assert letters.encode(ENCODING).decode(ENCODING) == letters
    job = render(RECEIPT)
    for word in ("Ñáñez Quiñones", "Transacción aprobada", "¿Necesita ayuda?", "3501777", "$ 412.300"):
        assert word.encode(ENCODING) in job


@pytest.mark.parametrize(
    ("text", "paper"),
    [("a — b", "a - b"), ("n\u0303", "ñ"), ("Łódź", "?ódz"), ("x\x1by", "x y"), ("…", "...")],
)
def test_other_letters_come_as_near_as_they_can(text: str, paper: str) -> None:
    assert printable(text, ENCODING) == paper


def test_the_code_is_drawn_by_the_printer_itself() -> None:
    job = render(RECEIPT)
    assert b"\x1d(k\x04\x001A2\x00" in job, "model 2"
    size = re.search(rb"\x1d\(k\x03\x001C(.)", job, re.DOTALL)
    assert size
    assert 4 <= size.group(1)[0] <= 8
    data = RECEIPT.qr_text.encode("utf-8")
    assert b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data in job
    assert job.index(b"1P0") < job.index(b"\x1d(k\x03\x001Q0")


@pytest.mark.parametrize("width", [32, 42, 48, 64])
@pytest.mark.parametrize("receipt", [RECEIPT, PENDING], ids=["paid", "pending"])
def test_no_line_is_wider_than_the_paper(width: int, receipt: object) -> None:
    lines = [line for line in lines_of(receipt, width) if isinstance(line, TicketLine)]  # type: ignore[arg-type]
    assert lines
    for line in lines:
        assert len(line.text) <= (width // 2 if line.wide else width), line


# The printer.


@pytest.mark.parametrize("state", STATES)
def test_the_state_is_what_the_printer_says(state: PaperState) -> None:
    with LoopbackPrinter(PlayedPrinter(STATES[state])) as device:
        assert network(device.port).state() is state


def test_nobody_there_is_offline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert network(port).state() is PaperState.OFFLINE
    with pytest.raises(PrinterFault) as fault:
        network(port).print(RECEIPT)
    assert fault.value.kind is PaperState.OFFLINE
    assert not fault.value.started


def test_a_status_sent_by_itself_confuses_nobody() -> None:
    device = PlayedPrinter(STATES[PaperState.LOW], unasked=b"\x10\x00\x00\x0f")
    with LoopbackPrinter(device) as loopback:
        assert network(loopback.port).state() is PaperState.LOW


@pytest.mark.parametrize("copies", [1, 2])
def test_it_prints_and_the_printer_confirms(copies: int) -> None:
    with LoopbackPrinter(PlayedPrinter()) as device:
        result = network(device.port).print(RECEIPT, copies)
        assert result == PrintResult(PaperState.OK, confirmed=True)
        assert bytes(device.wits.printed) == render(RECEIPT) * copies


def test_each_job_starts_with_init_whatever_came_before() -> None:
    with LoopbackPrinter(PlayedPrinter()) as device:
        printer = network(device.port)
        printer.print(RECEIPT)
        before = len(device.wits.printed)
        printer.print(PENDING)
        assert device.wits.printed[before:].startswith(b"\x1b@")


@pytest.mark.parametrize("state", [PaperState.OUT, PaperState.COVER_OPEN, PaperState.OFFLINE])
def test_nothing_is_sent_to_a_printer_that_can_not(state: PaperState) -> None:
    with LoopbackPrinter(PlayedPrinter(STATES[state])) as device:
        with pytest.raises(PrinterFault) as fault:
            network(device.port).print(RECEIPT)
        assert fault.value.kind is state
        assert not fault.value.started
        assert not device.wits.printed


def test_a_mute_printer_prints_unconfirmed() -> None:
    with LoopbackPrinter(PlayedPrinter(status=None)) as device:
        assert network(device.port).print(RECEIPT) == PrintResult(PaperState.UNKNOWN, confirmed=False)
    assert bytes(device.wits.printed) == render(RECEIPT)


def test_a_printer_that_never_says_done_is_unconfirmed() -> None:
    with LoopbackPrinter(PlayedPrinter(says_when_done=False)) as device:
        printer = NetworkEscpos("127.0.0.1", device.port, timeout=0.1, finish_within=0.5)
        assert printer.print(RECEIPT) == PrintResult(PaperState.OK, confirmed=False)


def test_paper_that_runs_out_half_way_is_a_fault_and_leaves_no_tail() -> None:
    with LoopbackPrinter(PlayedPrinter(jams_at=500)) as device:
        with pytest.raises(PrinterFault) as fault:
            network(device.port).print(RECEIPT)
        assert fault.value.kind is PaperState.OUT
        assert fault.value.started
    assert device.wits.thrown_away, "the rest must not come out in front of the next member"


def test_a_fault_tells_logs_nothing_of_the_receipt() -> None:
    with LoopbackPrinter(PlayedPrinter(OUT)) as device, pytest.raises(PrinterFault) as fault:
        network(device.port).print(RECEIPT)
    assert str(fault.value) == "out"


def test_no_printer_is_a_printer_too() -> None:
    printer: Printer = NoPrinter()
    assert printer.state() is PaperState.NONE
    assert not printer.state().can_print
    with pytest.raises(PrinterFault, match="none"):
        printer.print(RECEIPT)


# USB: pyusb and python-escpos for real, over a played device.


class PlayedUsb(IBackend):
    """One device with endpoints 0x03 out and 0x81 in, which are not python-escpos's defaults."""

    def __init__(self, wits: PlayedPrinter, vendor: int = 0x04B8, product: int = 0x0E15) -> None:
        self.wits = wits
        self.said = bytearray()
        self.device = SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=vendor, idProduct=product, bcdDevice=0x100, iManufacturer=0,
            iProduct=0, iSerialNumber=0, bNumConfigurations=1, address=1, bus=1, port_number=1,
            port_numbers=(1,), speed=3,
        )  # fmt: skip

    def enumerate_devices(self) -> Iterator[SimpleNamespace]:
        yield self.device

    def get_device_descriptor(self, dev: SimpleNamespace) -> SimpleNamespace:
        return dev

    def get_configuration_descriptor(self, dev: object, config: int) -> SimpleNamespace:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: object, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(
        self, dev: object, ep: int, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(0x03, 0x81)[ep], bmAttributes=2,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: object) -> object:
        return dev

    def close_device(self, dev_handle: object) -> None:
        pass

    def set_configuration(self, dev_handle: object, config_value: int) -> None:
        pass

    def get_configuration(self, dev_handle: object) -> int:
        return 1

    def claim_interface(self, dev_handle: object, intf: int) -> None:
        pass

    def release_interface(self, dev_handle: object, intf: int) -> None:
        pass

    def reset_device(self, dev_handle: object) -> None:
        pass

    def bulk_write(self, dev_handle: object, ep: int, intf: int, data: array.array[int], timeout: int) -> int:
        assert ep == 0x03
        assert 0 < timeout <= 3000, "a wait without end"
        if self.wits.stuck:
            raise USBTimeoutError("timed out")
        self.said += self.wits.feed(data.tobytes())
        return len(data)

    def bulk_read(self, dev_handle: object, ep: int, intf: int, buff: array.array[int], timeout: int) -> int:
        assert ep == 0x81
        assert 0 < timeout <= 3000, "a wait without end"
        if not self.said:
            raise USBTimeoutError("timed out")
        count = min(len(buff), len(self.said))
        buff[:count] = array.array("B", self.said[:count])
        del self.said[:count]
        return count


def usb(backend: PlayedUsb, product: int = 0x0E15) -> UsbEscpos:
    return UsbEscpos(0x04B8, product, timeout=0.3, finish_within=2, backend=backend)


@pytest.mark.parametrize("state", STATES)
def test_usb_state(state: PaperState) -> None:
    assert usb(PlayedUsb(PlayedPrinter(STATES[state]))).state() is state


def test_usb_prints_and_confirms() -> None:
    backend = PlayedUsb(PlayedPrinter())
    assert usb(backend).print(RECEIPT) == PrintResult(PaperState.OK, confirmed=True)
    assert bytes(backend.wits.printed) == render(RECEIPT)


def test_usb_printer_that_takes_no_more_is_a_fault() -> None:
    backend = PlayedUsb(PlayedPrinter(jams_at=500))
    with pytest.raises(PrinterFault) as fault:
        usb(backend).print(RECEIPT)
    assert fault.value.started
    assert not fault.value.kind.can_print


def test_usb_without_that_device_is_offline() -> None:
    assert usb(PlayedUsb(PlayedPrinter()), product=0x0001).state() is PaperState.OFFLINE


def test_usb_of_this_machine_without_a_printer_is_offline() -> None:
    assert UsbEscpos(0xF055, 0xF055).state() is PaperState.OFFLINE


def test_a_start_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if "PICKLE" not in key}
    command = [sys.executable, "-c", "import kiosk.receipt.escpos"]
    subprocess.run(command, env=environment | {"TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []
