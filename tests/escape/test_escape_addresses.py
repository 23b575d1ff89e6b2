# ruff: noqa: E501 - hostile scripts read better whole
"""Ways off the list: links, scripts, forms, new windows, redirects, other schemes, disguised hosts."""

from __future__ import annotations

import pytest
from attempts import NO_LINK, NOT_HERE, OTHER_PROGRAM, Attempt, run, show, tries
from cell import Cell
from hostile import EVIL, LOOK_ALIKES, Reply

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)
TOLD = NOT_HERE + EVIL
LOOT = "{evil}/loot"


def link(name: str, attributes: str, words: str = TOLD) -> Attempt:
    """A touch on a link."""
    return Attempt(
        name, body=f"<p><a id=to {attributes}>aquí</a>", words=words, act=lambda c: c.touch_web("#to")
    )


def script(name: str, code: str, words: str = TOLD, body: str = "", **more: object) -> Attempt:
    return Attempt(name, code.replace("LOOT", f"'{LOOT}'"), body, words, **more)  # type: ignore[arg-type]


SCRIPTS = tries(
    script("location", "location = LOOT"),
    script("location-assign", "location.assign(LOOT)"),
    script("location-replace", "location.replace(LOOT)"),
    script("location-host", "location.host = '{evilhost}'"),
    script("document-location", "document.location.href = LOOT"),
    script("navigation-api", "navigation.navigate(LOOT).finished.catch(() => 0)"),
    script("without-a-touch", "setTimeout(() => { location = LOOT }, 200)"),
    script("made-link", "Object.assign(document.createElement('a'), {href: LOOT}).click()"),
    script("made-form", "const f = Object.assign(document.createElement('form'), {action: LOOT}); "
           "document.body.append(f); f.submit()"),
    script("posting-form", "const f = Object.assign(document.createElement('form'), {action: LOOT, method: 'post'});"
           "document.body.append(f); f.requestSubmit()"),
    script("meta-refresh", "document.head.innerHTML += `<meta http-equiv=refresh content=\"0; url=${LOOT}\">`"),
    script("frame-to-top", "top.frames[0].eval('top.location = ' + JSON.stringify(LOOT))", body="<iframe></iframe>"),
    script("frame-parent", "f.contentWindow.setTimeout('parent.location = ' + JSON.stringify(LOOT), 0)",
           body="<iframe id=f></iframe>"),
    script("frame-srcdoc", "f.srcdoc = `<script>top.location = '${LOOT}'<\\/script>`", body="<iframe id=f></iframe>"),
    script("sandboxed-frame", "f.srcdoc = `<a id=a target=_top href='${LOOT}'>x</a><script>a.click()<\\/script>`",
           body="<iframe id=f sandbox='allow-scripts allow-top-navigation'></iframe>"),
    script("storm", "for (let i = 0; i < 300; i++) setTimeout(() => { location = LOOT + '?' + i }, i * 3)"),
)  # fmt: skip


@SCRIPTS
def test_scripts_that_navigate(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


@tries(
    link("link", f"href='{LOOT}'"),
    link("link-top", f"href='{LOOT}' target=_top"),
    link("link-blank", f"href='{LOOT}' target=_blank"),
    link("link-blank-upper-case", f"href='{LOOT}' target=_BLANK"),
    link("link-named", f"href='{LOOT}' target=otra"),
    link("link-noopener", f"href='{LOOT}' target=_blank rel='noopener noreferrer'"),
    link("link-opener", f"href='{LOOT}' target=_blank rel=opener"),
    link("link-with-ping", f"href='{LOOT}' ping='{{evil}}/ping'"),
    link("link-relative-scheme", "href='//{evilhost}/loot'"),
    link("link-backslashes", r"href='\\\\{evilhost}\\loot'"),
    link("link-with-tab", "href='ht&#9;tps://{evilhost}/loot'"),
    link("link-download", f"href='{LOOT}' download=programa.exe"),
    Attempt("base-target", body=f"<base target=_blank><a id=to href='{LOOT}'>aquí</a>", words=TOLD,
            act=lambda c: c.touch_web("#to")),
    Attempt("base-href", body="<base href='{evil}/'><p><a id=to href=loot>aquí</a>", words=TOLD,
            act=lambda c: c.touch_web("#to")),
    Attempt("closed-shadow", body=f"<div id=to></div><script>to.attachShadow({{mode: 'closed'}}).innerHTML = "
            f"`<a href='{LOOT}' target=_blank style='display:block'>aquí aquí</a>`</script>", words=TOLD,
            act=lambda c: c.touch_web("#to")),
    Attempt("svg-link", body=f"<svg id=to width=200 height=80><a href='{LOOT}' target=_blank>"
            "<rect width=200 height=80 /></a></svg>", words=TOLD, act=lambda c: c.touch_web("#to")),
    Attempt("map-area", body=f"<img id=to usemap='#m' width=200 height=80><map name=m><area shape=rect "
            f"coords='0,0,200,80' href='{LOOT}' target=_blank></map>", words=TOLD, act=lambda c: c.touch_web("#to")),
    Attempt("form-blank", body=f"<form action='{LOOT}' method=post target=_blank><button id=to>aquí</button></form>",
            words=TOLD, act=lambda c: c.touch_web("#to")),
    Attempt("form-button", body=f"<form><button id=to formaction='{LOOT}' formtarget=_blank>aquí</button></form>",
            words=TOLD, act=lambda c: c.touch_web("#to")),
    Attempt("form-dialog-image", body=f"<form action='{LOOT}'><input id=to type=image width=90 height=60></form>",
            words=TOLD, act=lambda c: c.touch_web("#to")),
)  # fmt: skip
def test_links_and_forms(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


@tries(
    script("open", "open(LOOT)"),
    script("open-self", "open(LOOT, '_self')"),
    script("open-top", "open(LOOT, '_top')"),
    script("open-named", "open(LOOT, 'banco')"),
    script("open-popup", "open(LOOT, 'x', 'popup,width=300,height=300,left=0,top=0')"),
    script("open-fullscreen", "open(LOOT, 'x', 'fullscreen=yes,menubar=yes,location=no')"),
    script("open-noopener", "open(LOOT, '_blank', 'noopener')"),
    script("open-empty", "lasts(open(''))", "", answers=True),
    script("open-blank-and-write", "const w = open('about:blank'); lasts(w);"
           "if (w) w.document.write('<h1>Banco</h1>')", "", answers=True),
    script("open-then-move", "const w = open(''); lasts(w); if (w) w.location = LOOT", "", answers=True),
    script("open-without-a-touch", "setTimeout(() => said(open(LOOT) ? 'yes' : 'no'), 6000)", "", settle=300),
    script("open-storm", "for (let i = 0; i < 60; i++) open(LOOT + '?' + i, 'w' + i)", settle=900),
    script("open-file", "open('file:///etc/passwd')", ""),
    script("open-data", "open('data:text/html,<h1>Banco</h1>')", NO_LINK),
    script("open-blob", "open(URL.createObjectURL(new Blob(['<h1>x'], {type: 'text/html'})))", NO_LINK),
    script("open-javascript", "open('javascript:document.write(1)')", "", settle=400),
    script("open-chrome", "open('chrome://settings')", ""),
    script("open-view-source", "open('view-source:{here}/page')", ""),
    script("open-devtools", "open('devtools://devtools/bundled/inspector.html')", ""),
    script("open-app", "open('bancoapp://pagar')", OTHER_PROGRAM),
    script("picture-in-picture", "granted(() => documentPictureInPicture.requestWindow())", "", answers=True),
)  # fmt: skip
def test_new_windows(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


def redirect(name: str, where: str, words: str = TOLD, status: int = 302, first: str = "/hop") -> Attempt:
    """Touching a link on the list is answered with a way off it."""
    replies = (
        ("/hop", Reply(status=status, headers={"Location": where})),
        ("/hops", Reply(status=302, headers={"Location": "{bank}/hop"})),
    )
    return Attempt(name, f"location = '{first}'", words=words, replies=replies)


@tries(
    *(redirect(f"redirect-{status}", LOOT, status=status) for status in (301, 302, 303, 307, 308)),
    redirect("redirect-chain", LOOT, first="/hops"),
    redirect("redirect-plain-http", "{plain}/loot", NOT_HERE),
    redirect("redirect-credentials", "https://ana:clave@{herehost}/loot", NOT_HERE),
    redirect("redirect-look-alike", "https://" + LOOK_ALIKES[0] + ":{port}/loot", NOT_HERE + LOOK_ALIKES[0]),
    redirect("redirect-number", "https://127.0.0.1:{port}/loot", NOT_HERE + "127.0.0.1"),
    redirect("redirect-app", "bancoapp://pagar", OTHER_PROGRAM),
    redirect("redirect-mail", "mailto:ana@correo.example", OTHER_PROGRAM),
    Attempt("redirect-posted", "f.submit()", "<form id=f method=post action=/hop><input name=clave value=1></form>",
            TOLD, replies=(("/hop", Reply(status=307, headers={"Location": LOOT})),)),
    Attempt("redirect-new-window", "open('/hop')", words=TOLD,
            replies=(("/hop", Reply(status=302, headers={"Location": LOOT})),)),
    Attempt("redirect-in-frame", "f.src = '/hop'", "<iframe id=f></iframe>",
            replies=(("/hop", Reply(status=302, headers={"Location": LOOT})),)),
)  # fmt: skip
def test_redirects(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


SCHEMES = {
    "file": "file:///etc/passwd", "file-host": "file://{evilhost}/c$/x", "data": "data:text/html,<h1>Banco</h1>",
    "javascript": "javascript:void(said('ran'))", "chrome": "chrome://settings", "gpu": "chrome://gpu",
    "crash": "chrome://crash", "hang": "chrome://hang", "devtools": "devtools://devtools/bundled/inspector.html",
    "view-source": "view-source:{here}/page",
    "filesystem": "filesystem:{here}/temporary/x", "qrc": "qrc:///x.html",
}  # fmt: skip
APPS = {
    "ftp": "ftp://{evilhost}/x", "tel": "tel:+576010000000", "sms": "sms:+573000000000?body=x", "sftp": "sftp://x/",
    "intent": "intent://x#Intent;scheme=nequi;end", "market": "market://details?id=x", "smb": "smb://x/y",
    "settings": "ms-settings:network", "explorer": "search-ms:query=x", "whatsapp": "whatsapp://send?text=x",
    "extension": "chrome-extension://abcdefghijklmnopabcdefghijklmnop/x.html", "steam": "steam://run/1", "ssh": "ssh://root@x", "magnet": "magnet:?xt=x", "upper-case": "BancoApp://x",
}  # fmt: skip


@tries(*(Attempt(f"scheme-{name}", f'location = "{url}"') for name, url in SCHEMES.items()),
       Attempt("scheme-blob", "location = URL.createObjectURL(new Blob(['<h1>x'], {type: 'text/html'}))",
               words=NO_LINK),
       Attempt("scheme-about", "location = 'about:config'", trouble="failed"))  # fmt: skip
def test_schemes_of_the_browser(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


BROWSERS_OWN = ("extension", "ftp")
"""No program is named there: the member reads of a link only."""


@tries(*(Attempt(f"app-{name}", f'location = "{url}"', words=NO_LINK if name in BROWSERS_OWN else OTHER_PROGRAM)
         for name, url in APPS.items()))  # fmt: skip
def test_schemes_of_other_programs(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


FRAMES = {
    "evil": LOOT, "plain": "{plain}/loot", "file": "file:///etc/passwd", "data": "data:text/html,<h1>x",
    "chrome": "chrome://settings", "app": "bancoapp://x", "credentials": "https://ana:clave@{herehost}/loot",
}  # fmt: skip


@tries(
    *(Attempt(f"frame-{name}", f'f.src = "{url}"', "<iframe id=f></iframe>",
              "") for name, url in FRAMES.items()),
    Attempt("object", f"document.body.innerHTML += '<object data=\"{LOOT}\" type=text/html></object>'"),
    Attempt("embed", f"document.body.innerHTML += '<embed src=\"{LOOT}\" type=text/html>'"),
    Attempt("embedded-file", "document.body.innerHTML += '<embed src=file:///etc/passwd type=text/html>'"),
    Attempt("prerender", "document.head.append(Object.assign(document.createElement('script'), {type: "
            "'speculationrules', text: JSON.stringify({prerender: [{source: 'list', urls: ['" + LOOT + "']}]})}))"),
)  # fmt: skip
def test_frames_and_what_is_loaded_beside(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


HOSTS = {
    **{f"look-alike-{number}": (f"https://{host}:{{port}}/loot", host) for number, host in enumerate(LOOK_ALIKES)},
    "cyrillic": ("https://\u0440se.localhost:{port}/loot", "xn--se-kmc.localhost"),
    "accent": ("https://psé.localhost:{port}/loot", "xn--ps-cja.localhost"),
    "percent-dot": ("https://pse.localhost%2e{evilhost}/loot", "pse.localhost.evil.localhost"),
    "credentials": ("https://ana:clave@{herehost}/loot", "pse.localhost"),
    "user-only": ("https://ana@{herehost}/loot", "pse.localhost"),
    "host-as-user": ("https://pse.localhost@{evilhost}/loot", EVIL),
    "host-as-user-and-key": ("https://pse.localhost:443@{evilhost}/loot", EVIL),
    "host-in-query": ("{evil}/loot?https://pse.localhost/", EVIL),
    "host-in-path": ("{evil}/pse.localhost/loot", EVIL),
    "host-in-fragment": ("{evil}/loot#@pse.localhost", EVIL),
    "backslash": (r"https://{evilhost}\\@pse.localhost/loot", EVIL),
    "number": ("https://127.0.0.1:{port}/loot", "127.0.0.1"),
    "number-in-one": ("https://2130706433:{port}/loot", "127.0.0.1"),
    "number-in-hex": ("https://0x7f.1:{port}/loot", "127.0.0.1"),
    "number-of-six": ("https://[::1]:{port}/loot", "::1"),
    "parent": ("https://localhost:{port}/loot", "localhost"),
    "plain-http": ("{plain}/loot", "pse.localhost"),
    "plain-websocket-name": ("http://pse.localhost:{port}/loot", "pse.localhost"),
}  # fmt: skip


@tries(
    *(Attempt(f"host-{n}", f'location = "{url}"', words=NOT_HERE + host) for n, (url, host) in HOSTS.items())
)
def test_disguised_hosts(cell: Cell, attempt: Attempt) -> None:
    run(cell, attempt)


@pytest.mark.parametrize(
    "host", ["PSE.localhost", "pse.localhost.", "ｐｓｅ.localhost", "banco.pse.localhost"]
)
def test_what_is_on_the_list_still_opens(kiosk_cell: Cell, host: str) -> None:
    """No attempt: the list lets through what it should, under every way to write it."""
    kiosk_cell.town.replies["/next"] = Reply("<h1>sigue</h1>")
    try:
        show(
            kiosk_cell, f"<script>go.onclick = () => {{ location = 'https://{host}:{{port}}/next' }}</script>"
        )
        kiosk_cell.touch_web("#go")
        kiosk_cell.wait(lambda: kiosk_cell.address.path() == "/next", "next page")
        assert not kiosk_cell.message
    finally:
        kiosk_cell.leave()
        kiosk_cell.town.forget()
