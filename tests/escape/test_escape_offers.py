# ruff: noqa: E501 - hostile scripts read better whole
"""What a page may ask of a browser: devices, places, files, paper, the whole screen."""

from __future__ import annotations

import pytest
from attempts import NO_FILES, NO_UPLOADS, Attempt, run, tries
from cell import Cell
from hostile import Reply

pytestmark = pytest.mark.qt_log_ignore(
    "^GPUInfo not initialized", "^(Screen|Window) capturing is not available", extend=True
)

ASKS = {
    "camera": "navigator.mediaDevices.getUserMedia({video: true})",
    "microphone": "navigator.mediaDevices.getUserMedia({audio: true})",
    "camera-and-microphone": "navigator.mediaDevices.getUserMedia({audio: true, video: true})",
    "screen": "navigator.mediaDevices.getDisplayMedia({video: true})",
    "location": "new Promise((y, n) => navigator.geolocation.getCurrentPosition(y, n))",
    "location-watch": "new Promise((y, n) => navigator.geolocation.watchPosition(y, n))",
    "notifications": "Notification.requestPermission().then((p) => { if (p !== 'granted') throw Error(p) })",
    "notification": "new Promise((y, n) => { const a = new Notification('x'); a.onshow = y; a.onerror = n })",
    "push": "navigator.serviceWorker.register('/worker.js').then((r) => r.pushManager.subscribe({"
            "userVisibleOnly: true, applicationServerKey: new Uint8Array(65).fill(4)}))",
    "clipboard-read": "navigator.clipboard.readText()",
    "clipboard-read-all": "navigator.clipboard.read()",
    "clipboard-paste": "{ if (!document.execCommand('paste')) throw Error('no') }",
    "midi": "navigator.requestMIDIAccess({sysex: true})",
    "usb": "navigator.usb.requestDevice({filters: []})",
    "serial": "navigator.serial.requestPort()",
    "hid": "navigator.hid.requestDevice({filters: []}).then((d) => { if (!d.length) throw Error('none') })",
    "bluetooth": "navigator.bluetooth.requestDevice({acceptAllDevices: true})",
    "fonts": "queryLocalFonts().then((f) => { if (!f.length) throw Error('none') })",
    "idle-detection": "IdleDetector.requestPermission().then((p) => { if (p !== 'granted') throw Error(p) })",
    "window-management": "getScreenDetails()",
    "persistent-storage": "navigator.storage.persist().then((p) => { if (!p) throw Error('no') })",
    "pointer-lock": "document.body.requestPointerLock()",
    "keyboard-lock": "document.documentElement.requestFullscreen().then(() => navigator.keyboard.lock())",
    "fullscreen": "document.documentElement.requestFullscreen()",
    "fullscreen-without-bars": "document.documentElement.requestFullscreen({navigationUI: 'hide'})",
    "fullscreen-old": "new Promise((y, n) => { document.onwebkitfullscreenchange = y; "
                      "document.onwebkitfullscreenerror = n; document.body.webkitRequestFullscreen() })",
    "fullscreen-video": "document.createElement('video').requestFullscreen()",
    "video-in-picture": "document.createElement('video').requestPictureInPicture()",
    "open-file": "showOpenFilePicker()",
    "save-file": "showSaveFilePicker({suggestedName: 'x.exe'})",
    "open-folder": "showDirectoryPicker()",
    "eye-dropper": "new EyeDropper().open()",
    "share": "navigator.share({title: 'x', url: '{evil}'})",
    "contacts": "navigator.contacts.select(['name'])",
    "payment": "new PaymentRequest([{supportedMethods: '{evil}/pay'}], {total: {label: 'x', amount: "
               "{currency: 'COP', value: '1'}}}).show()",
    "passkey": "navigator.credentials.create({publicKey: {challenge: new Uint8Array(16), rp: {name: 'x'}, user: "
               "{id: new Uint8Array(8), name: 'x', displayName: 'x'}, timeout: 800, "
               "pubKeyCredParams: [{type: 'public-key', alg: -7}]}})",
    "password": "navigator.credentials.get({password: true, mediation: 'required'})"
                ".then((c) => { if (!c) throw Error('none') })",
    "one-time-code": "navigator.credentials.get({otp: {transport: ['sms']}, "
                     "signal: AbortSignal.timeout(500)})",
    "protocol-handler": "{ navigator.registerProtocolHandler('web+banco', '{here}/?u=%s'); throw Error('no answer') }",
    "virtual-reality": "navigator.xr.requestSession('inline')",
    "nfc": "new NDEFReader().scan()",
}  # fmt: skip
HARMLESS = {"virtual-reality"}
CHOOSERS = {"open-file", "save-file", "open-folder"}


@tries(*(Attempt(f"ask-{name}", f"granted(() => {ask})", answers=True, words=NO_UPLOADS if name in CHOOSERS else "")
         for name, ask in ASKS.items() if name not in HARMLESS))  # fmt: skip
def test_permissions(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


def in_frame(ask: str) -> Attempt:
    """From a frame that was given every right."""
    inner = (
        f"<script>{ASKS[ask]}.then(() => parent.eval('said(`yes`)'), (e) => parent.eval('said(2)'))</script>"
    )
    rights = "camera *; microphone *; geolocation *; clipboard-read *; fullscreen *; display-capture *"
    frame = f"<iframe id=f allow='{rights}' allowfullscreen></iframe>"
    return Attempt(
        f"frame-{ask}",
        "f.src = '/inner'",
        frame,
        answers=True,
        words=NO_UPLOADS if ask in CHOOSERS else "",
        replies=(("/inner", Reply(inner)),),
    )


@tries(*(in_frame(ask) for ask in ("camera", "location", "clipboard-read", "fullscreen", "open-file")))
def test_permissions_from_a_frame(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


@tries(
    Attempt("copy-by-script", "getSelection().selectAllChildren(title); said(document.execCommand('copy') ? 'did' : 'no')"),
    Attempt("copy-by-clipboard", "navigator.clipboard.writeText('robado')"),
    Attempt("copy-by-event", "addEventListener('copy', (e) => { e.clipboardData.setData('text/plain', 'robado'); "
            "e.preventDefault() }); document.execCommand('copy')"),
)  # fmt: skip
def test_the_clipboard_is_not_written(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


ATTACHED = Reply(b"MZ", headers={"Content-Type": "application/octet-stream", "Content-Disposition":
                                 "attachment; filename=programa.exe"})  # fmt: skip
LINKS = "Object.assign(document.createElement('a'), {{href: {href}, download: 'programa.exe'}}).click()"
BLOB = "URL.createObjectURL(new Blob(['x']))"
NAMES = {
    "plain": "attachment; filename=programa.exe", "up": "attachment; filename=\"../../programa.exe\"",
    "desktop": "attachment; filename=\"x.desktop\"", "page": "attachment; filename=\"x.html\"",
}  # fmt: skip
KINDS = ("application/octet-stream", "application/pdf", "application/zip", "application/x-msdownload",
         "application/vnd.android.package-archive", "application/x-desktop", "text/csv",
         "application/vnd.ms-excel")  # fmt: skip


@tries(
    *(Attempt(f"download-named-{name}", "location = '/file'", words=NO_FILES,
              replies=(("/file", Reply(b"x", headers={"Content-Disposition": how})),)) for name, how in NAMES.items()),
    *(Attempt(f"download-{kind.rpartition('/')[2]}", "location = '/file'", words=NO_FILES,
              replies=(("/file", Reply(b"%PDF-1.4", headers={"Content-Type": kind})),)) for kind in KINDS),
    Attempt("download-blob", LINKS.format(href=BLOB), words=NO_FILES),
    Attempt("download-data", LINKS.format(href="'data:application/octet-stream,x'"), words=NO_FILES),
    Attempt("download-same-site", LINKS.format(href="'/file'"), words=NO_FILES, replies=(("/file", ATTACHED),)),
    Attempt("download-without-a-touch", f"setTimeout(() => {LINKS.format(href=BLOB)}, 200)", words=NO_FILES),
    Attempt("download-in-frame", "f.src = '/file'", "<iframe id=f></iframe>", NO_FILES, replies=(("/file", ATTACHED),)),
    Attempt("download-new-window", "open('/file')", words=NO_FILES, replies=(("/file", ATTACHED),)),
    Attempt("download-posted", "f.submit()", "<form id=f method=post action=/file></form>", NO_FILES,
            replies=(("/file", ATTACHED),)),
    Attempt("download-storm", f"for (let i = 0; i < 40; i++) setTimeout(() => {LINKS.format(href=BLOB)}, i * 10)",
            words=NO_FILES, settle=700),
    Attempt("download-in-background", "granted(() => navigator.serviceWorker.register('/worker.js').then(() => "
            "navigator.serviceWorker.ready).then((r) => r.backgroundFetch.fetch('x', ['/file'])))", settle=400,
            replies=(("/file", ATTACHED), ("/worker.js", Reply(";", headers={"Content-Type": "text/javascript"})))),
)  # fmt: skip
def test_downloads(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


def upload(name: str, attributes: str) -> Attempt:
    changed = "onchange='said(\"yes \" + this.files.length)'"
    return Attempt(f"upload-{name}", body=f"<p><input id=to type=file {attributes} {changed}>", words=NO_UPLOADS,
                   act=lambda c: c.touch_web("#to"))  # fmt: skip


PICK = "<input id=to type=file style='display:none'>"


@tries(
    upload("one", ""), upload("many", "multiple"), upload("folder", "webkitdirectory"), upload("image", "accept=image/*"),
    upload("camera", "accept=image/* capture=environment"),
    Attempt("upload-hidden", "to.click()", PICK, NO_UPLOADS),
    Attempt("upload-picker", "to.showPicker()", PICK, NO_UPLOADS),
    Attempt("upload-label", body=PICK + "<label id=l for=to>adjuntar</label>", words=NO_UPLOADS,
            act=lambda c: c.touch_web("#l")),
    Attempt("upload-storm", "for (let i = 0; i < 30; i++) to.click()", PICK, NO_UPLOADS, settle=500),
)  # fmt: skip
def test_uploads(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


@tries(
    Attempt("print", "print()", settle=400),
    Attempt("print-without-a-touch", "setTimeout(print, 200)", settle=600),
    Attempt("print-frame", "f.contentWindow.print()", "<iframe id=f srcdoc=hola></iframe>", settle=400),
    Attempt("print-command", "document.execCommand('print')", settle=400),
    Attempt("print-storm", "for (let i = 0; i < 30; i++) print()", settle=500),
    Attempt("print-new-window", "open('/sheet')", replies=(("/sheet", Reply(status=204)),)),
    Attempt("window-close", "close(); top.close()"),
    Attempt("window-move", "moveTo(0, 0); resizeTo(200, 200); moveBy(50, 50); resizeBy(90, 90)"),
    Attempt("window-stop-focus", "blur(); top.blur(); window.focus()"),
    Attempt("window-title", "for (let i = 0; i < 500; i++) document.title = 'Cooperativa ' + 'x'.repeat(5000) + i"),
    Attempt("key-from-picture", "document.body.innerHTML += '<img src=/key>'", settle=300,
            replies=(("/key", Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="Su clave"'})),)),
    Attempt("key-from-script", "granted(() => fetch('/key').then((r) => { if (!r.ok) throw Error('no') }))",
            answers=True, replies=(("/key", Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})),)),
    Attempt("key-from-frame", "f.src = '/key'", "<iframe id=f></iframe>", settle=300,
            replies=(("/key", Reply(status=401, headers={"WWW-Authenticate": "Negotiate"})),)),
    Attempt("key-of-a-proxy", "document.body.innerHTML += '<img src=/key>'", settle=300,
            replies=(("/key", Reply(status=407, headers={"Proxy-Authenticate": 'Basic realm="x"'})),)),
    Attempt("read-file", "granted(() => fetch('file:///etc/hostname').then((r) => r.text()))", answers=True),
    Attempt("read-file-by-script", "granted(() => import('file:///etc/hostname'))", answers=True),
    Attempt("read-file-by-picture", "const i = new Image(); i.onload = () => said('yes'); i.onerror = () => "
            "said('no'); i.src = 'file:///usr/share/pixmaps/debian-logo.png'", answers=True),
    Attempt("read-chrome", "granted(() => fetch('chrome://version').then((r) => r.text()))", answers=True),
)  # fmt: skip
def test_paper_windows_keys_and_local_files(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)
