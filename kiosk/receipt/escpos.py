"""ESC/POS printers. The only module that knows python-escpos.

python-escpos says "no paper" where it read nothing, waits for ever on USB and picks code pages on
its own; so the state is read here, every wait has an end, and one code page is set per job.
"""

# ruff: noqa: SLF001 - python-escpos has no public way to send raw bytes or to read

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from escpos import capabilities
from escpos.constants import QR_ECLEVEL_M, QR_MODEL_2
from escpos.exceptions import Error as EscposError
from escpos.printer import Dummy, Network, Usb
from usb.core import USBTimeoutError
from usb.util import ENDPOINT_IN, ENDPOINT_TYPE_BULK, endpoint_direction, endpoint_type

from kiosk.receipt.blocks import Receipt
from kiosk.receipt.printer import PaperState, PrinterFault, PrintResult
from kiosk.receipt.qr import QUIET_ZONE, qr_matrix
from kiosk.receipt.ticket_text import TicketLine, lines_of, printable

ENCODING = "cp858"
_INIT = b"\x1b@"
_NO_KANJI = b"\x1c."  # Asian makes start in a double-byte mode that swallows accents
_CODE_PAGE = b"\x1bt\x13"  # page 19: PC858, Western European with the euro
_INTERNATIONAL_USA = b"\x1bR\x00"  # other sets replace # $ @ [ ] by national letters
_NO_TAIL = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8: throw away what was not printed
_WHEN_DONE = b"\x1dr\x01"  # GS r 1 waits its turn in the buffer: an answer means printed
_DOTS_PER_CHARACTER = 12  # font A
_CHUNK = 1024

if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
    # python-escpos leaves a folder of its own, with a cache that nothing reads again, at every start.
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


def render(receipt: Receipt, width: int = 48) -> bytes:
    """The job: init, code page, lines, native QR (model 2), cut. `width` in font A characters."""
    paper = Dummy()
    for command in (_INIT, _NO_KANJI, _INTERNATIONAL_USA, _CODE_PAGE):
        paper._raw(command)
    for line in lines_of(receipt, width):
        if isinstance(line, TicketLine):
            _write(paper, line)
        else:
            _draw_code(paper, receipt.qr_text, width)
    paper.cut(mode="PART")
    return bytes(paper.output)


def _write(paper: Dummy, line: TicketLine) -> None:
    paper.set(
        align="center" if line.centred else "left",
        bold=line.bold,
        normal_textsize=not (line.tall or line.wide),
        double_height=line.tall or line.wide,
        double_width=line.wide,
    )
    paper._raw(printable(line.text, ENCODING).encode(ENCODING) + b"\n")


def _draw_code(paper: Dummy, text: str, width: int) -> None:
    modules = len(qr_matrix(text)) + 2 * QUIET_ZONE
    # Four dots are half a millimetre: less than three is hard for old cameras.
    size = max(3, min(8, width * _DOTS_PER_CHARACTER // modules))
    paper.set(align="center", normal_textsize=True, bold=False)
    paper._raw(b"\n")
    paper.qr(text, ec=QR_ECLEVEL_M, size=size, model=QR_MODEL_2, native=True)
    paper._raw(b"\n")


class _Wire(Protocol):
    """Bytes to and from a printer that is open; reads return nothing when time is up."""

    def send(self, data: bytes) -> None: ...

    def receive(self) -> bytes: ...


class _EscposPrinter:
    """What both kinds of cable share: ask, print, make sure."""

    def __init__(self, width: int, timeout: float, finish_within: float) -> None:
        self._width = width
        self._timeout = timeout
        self._finish_within = finish_within
        self._lock = threading.Lock()

    @contextmanager
    def _open(self) -> Iterator[_Wire]:
        raise NotImplementedError
        yield

    def state(self) -> PaperState:
        """Ask the device now. Never raises; OFFLINE where it can not be reached."""
        with self._lock:
            try:
                with self._open() as wire:
                    return _Dialogue(wire, self._timeout).state()
            except PrinterFault as fault:
                return fault.kind

    def print(self, receipt: Receipt, copies: int = 1) -> PrintResult:
        """Print that many times and wait for the printer's word. Raises PrinterFault."""
        job = render(receipt, self._width)
        with self._lock, self._open() as wire:
            talk = _Dialogue(wire, self._timeout)
            before = talk.state()
            if not before.can_print:
                raise PrinterFault(before)
            try:
                for _ in range(copies):
                    _send(wire, job, time.monotonic() + self._finish_within)
                if before is PaperState.UNKNOWN:
                    return PrintResult(before, confirmed=False)
                return talk.made_sure(time.monotonic() + self._finish_within)
            except OSError as error:
                kind = talk.state()
                _forget_the_rest(wire)
                kind = PaperState.OFFLINE if kind.can_print else kind
                raise PrinterFault(kind, type(error).__name__, started=True) from None


def _send(wire: _Wire, job: bytes, deadline: float) -> None:
    for start in range(0, len(job), _CHUNK):
        if time.monotonic() > deadline:
            raise TimeoutError("the printer takes the job too slowly")
        wire.send(job[start : start + _CHUNK])


def _forget_the_rest(wire: _Wire) -> None:
    """Else it comes out later, in front of another member."""
    with suppress(OSError):
        wire.send(_NO_TAIL + _INIT)


class _Dialogue:
    """Questions and their answers, told apart by their fixed bits whatever order they come in."""

    def __init__(self, wire: _Wire, timeout: float) -> None:
        self._wire = wire
        self._timeout = timeout
        self._done = False
        self._unasked = 0

    def state(self) -> PaperState:
        """DLE EOT 1, 2 and 4: printer, cause of being offline, paper sensor. Never raises."""
        found: list[int] = []
        for which in (1, 2, 4):
            try:
                self._wire.send(bytes((0x10, 0x04, which)))
                answer = self._status_byte()
            except OSError:
                return PaperState.OFFLINE
            if answer is None:
                return PaperState.UNKNOWN
            found.append(answer)
        return _meaning(*found)

    def made_sure(self, deadline: float) -> PrintResult:
        """Wait until the printer has worked off everything. Raises OSError where it stopped."""
        self._done = False
        self._wire.send(_WHEN_DONE)
        while not self._done and time.monotonic() < deadline:
            received = self._wire.receive()
            for byte in received:
                self._status(byte)
            if not received and not self.state().can_print and not self._done:
                raise BrokenPipeError("the printer stopped before the end")
        # Done with nothing left is fine: it was the last paper there was.
        return PrintResult(self.state(), confirmed=self._done)

    def _status_byte(self) -> int | None:
        deadline = time.monotonic() + self._timeout
        while received := self._wire.receive():
            answers = [byte for byte in received if self._status(byte)]
            if answers:
                return answers[-1]
            if time.monotonic() > deadline:
                break
        return None

    def _status(self, byte: int) -> bool:
        """Whether this byte answers a DLE EOT; notes the answer to GS r on the way."""
        if self._unasked:
            self._unasked -= 1
        elif byte & 0x93 == 0x10:
            self._unasked = 3  # a status sent by itself has four bytes
        elif byte & 0x90 == 0x00:
            self._done = True
        return not self._unasked and byte & 0x93 == 0x12


def _meaning(printer: int, cause: int, paper: int) -> PaperState:
    if paper & 0x60 or cause & 0x20:
        return PaperState.OUT
    if cause & 0x04:
        return PaperState.COVER_OPEN
    if printer & 0x08 or cause & 0x40:
        return PaperState.OFFLINE
    return PaperState.LOW if paper & 0x0C else PaperState.OK


class NetworkEscpos(_EscposPrinter):
    """A printer with a raw port. `timeout` in seconds for connecting and each exchange;
    `finish_within` for a whole job to be printed."""

    def __init__(
        self,
        host: str,
        port: int = 9100,
        width: int = 48,
        *,
        timeout: float = 3.0,
        finish_within: float = 12.0,
    ) -> None:
        super().__init__(width, timeout, finish_within)
        self._address = (host, port)

    @contextmanager
    def _open(self) -> Iterator[_Wire]:
        device = Network(*self._address, timeout=self._timeout)
        try:
            # python-escpos would leave its socket open where nobody answers.
            device.device = socket.create_connection(self._address, self._timeout)
        except OSError as error:
            raise PrinterFault(PaperState.OFFLINE, type(error).__name__) from None
        try:
            yield _NetworkWire(device)
        finally:
            device.close()


class _NetworkWire:
    def __init__(self, device: Network) -> None:
        self._device = device

    def send(self, data: bytes) -> None:
        self._device._raw(data)

    def receive(self) -> bytes:
        try:
            answer = self._device._read()
        except TimeoutError:
            return b""
        if not answer:
            raise ConnectionResetError("the printer hung up")
        return bytes(answer)


class UsbEscpos(_EscposPrinter):
    """A printer on USB, by vendor and product number. `backend` is pyusb's, None for the system's."""

    def __init__(
        self,
        vendor: int,
        product: int,
        width: int = 48,
        *,
        timeout: float = 3.0,
        finish_within: float = 12.0,
        backend: object = None,
    ) -> None:
        super().__init__(width, timeout, finish_within)
        self._numbers = (vendor, product)
        self._backend = backend

    @contextmanager
    def _open(self) -> Iterator[_Wire]:
        vendor, product = self._numbers
        arguments = {"backend": self._backend} if self._backend else {}
        milliseconds = int(self._timeout * 1000)
        device = Usb(vendor, product, usb_args=arguments, timeout=milliseconds)
        try:
            device.open()
            _find_endpoints(device)
            device.device.default_timeout = milliseconds
        except (EscposError, OSError, ValueError) as error:  # ValueError: no USB library at all
            raise PrinterFault(PaperState.OFFLINE, type(error).__name__) from None
        try:
            yield _UsbWire(device)
        finally:
            device.close()


class _UsbWire:
    def __init__(self, device: Usb) -> None:
        self._device = device

    def send(self, data: bytes) -> None:
        self._device._raw(data)

    def receive(self) -> bytes:
        try:
            return bytes(self._device._read())
        except USBTimeoutError:
            return b""


def _find_endpoints(device: Usb) -> None:
    """Makes differ in their endpoints; the printer's own descriptor knows."""
    for interface in device.device.get_active_configuration():
        for endpoint in interface:
            if endpoint_type(endpoint.bmAttributes) != ENDPOINT_TYPE_BULK:
                continue
            inward = endpoint_direction(endpoint.bEndpointAddress) == ENDPOINT_IN
            setattr(device, "in_ep" if inward else "out_ep", endpoint.bEndpointAddress)
