"""A network receipt printer on loopback for the demonstration: keeps what it would have printed."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

_FINE = {1: b"\x16", 2: b"\x12", 4: b"\x12"}


class LoopbackPrinter:
    """Answers like a healthy 80 mm printer and writes each job's bytes to `file` (the last one stays)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, name="loopback-printer", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                cable, _ = self._listener.accept()
            except OSError:
                return
            with cable:
                self._talk(cable)

    def _talk(self, cable: socket.socket) -> None:
        job = bytearray()
        try:
            while data := cable.recv(65536):
                if answer := self._take_bytes(data, job):
                    cable.sendall(answer)
        except OSError:
            pass
        if job:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(job)

    @staticmethod
    def _take_bytes(data: bytes, job: bytearray) -> bytes:
        answers = bytearray()
        while data:
            if data.startswith(b"\x10\x04") and len(data) >= 3:
                answers += _FINE.get(data[2], b"")
                data = data[3:]
            elif data.startswith(b"\x1dr\x01"):
                answers += b"\x00"
                data = data[3:]
            else:
                job += data[:1]
                data = data[1:]
        return bytes(answers)
