"""What can be known of the package without building it: installer/test-package.sh tries the real one out."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest
from kiosk_case import KioskCase
from PySide6.QtWidgets import QApplication
from test_manager import admitted

from kiosk.settings import Settings, SettingsError, load


@pytest.fixture
def case(new_case: KioskCase) -> KioskCase:
    """What is done to the window here, it keeps."""
    return new_case


ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / "installer"
DEBIAN = INSTALLER / "debian"
UNITS = ("kiosk.service", "kiosk-sonda.service", "kiosk-out-of-service.service")
BUILD = (INSTALLER / "build-deb.sh").read_text("utf-8")


def run(*command: str | Path, code: int = 0) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def needs(program: str) -> str:
    return shutil.which(program) or pytest.skip(f"{program} is not here")


def unit(name: str) -> configparser.RawConfigParser:
    class Last(dict[str, str]):
        """systemd's keys may come twice."""

    parser = configparser.RawConfigParser(strict=False, delimiters="=", comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEBIAN / name, encoding="utf-8")
    return parser


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installer's modules can be imported; they belong to no package."""
    monkeypatch.syspath_prepend(str(INSTALLER))


@pytest.mark.parametrize("file", ["kiosk.spec", *(each.name for each in INSTALLER.glob("*.py"))])
def test_it_compiles(file: str) -> None:
    compile((INSTALLER / file).read_text("utf-8"), file, "exec")


def test_what_the_specification_names_is_there() -> None:
    specification = (INSTALLER / "kiosk.spec").read_text("utf-8")
    for place in ("resources", "kiosk/journal/migrations", "installer/kiosk_main.py"):
        assert f'"{place}"' in specification
        assert (ROOT / place).exists()


def test_everything_that_is_put_into_the_package_is_there() -> None:
    places = re.findall(r"^put \d+ (\S+) ", BUILD, re.MULTILINE)
    assert len(places) > 15
    for place in places:
        for name in ("kiosk", "kiosk-sonda", "kiosk-out-of-service"):
            assert (ROOT / place.replace("$here", "installer/debian").replace("$unit", name)).is_file(), place


def test_conffiles_are_put_into_the_package() -> None:
    for conffile in (DEBIAN / "conffiles").read_text("utf-8").split():
        assert f" {conffile}\n" in BUILD


def test_control_fields() -> None:
    text = (DEBIAN / "control.in").read_text("utf-8")
    fields = dict(re.findall(r"^([A-Z][\w-]+): (.+)$", text, re.MULTILINE))
    assert {"Package", "Version", "Architecture", "Maintainer", "Depends", "Description"} <= fields.keys()
    for needed in ("@LIBRARIES@", "cage", "xwayland", "seatd", "ca-certificates"):
        assert needed in fields["Depends"]
    assert len(fields["Description"]) <= 80
    assert set(re.findall(r"@\w+@", text)) == set(re.findall(r"s\|(@\w+@)\|", BUILD))


@pytest.mark.parametrize("name", ["preinst", "postinst", "prerm", "postrm", "preflight", "out-of-service",
                                  "kiosk-service", "session", "wait-for-clock"])  # fmt: skip
def test_shell_scripts_are_shell(name: str) -> None:
    run("sh", "-n", DEBIAN / name)


def test_shellcheck() -> None:
    scripts = [DEBIAN / name for name in ("preinst", "postinst", "prerm", "postrm", "preflight",
                                          "out-of-service", "kiosk-service", "session",
                                          "wait-for-clock")]  # fmt: skip
    scripts += [*INSTALLER.glob("*.sh"), INSTALLER / "windows/check.sh", ROOT / ".ci/run"]
    run(needs("shellcheck"), *scripts)


def test_units_verify(tmp_path: Path) -> None:
    analyze = needs("systemd-analyze")
    for name in UNITS:
        text = (DEBIAN / name).read_text("utf-8")
        harmless = re.sub(r"=([+-]?)/usr/(bin|lib)/kiosk\S*", r"=\1/bin/true", text)
        (tmp_path / name).write_text(harmless, "utf-8")
    # Debian's, where it is not installed.
    (tmp_path / "seatd.service").write_text("[Service]\nExecStart=/bin/true\n", "utf-8")
    said = run(analyze, "verify", "--man=no", *(tmp_path / name for name in (*UNITS, "seatd.service")))
    assert not [line for line in said.splitlines() if "kiosk" in line]


@pytest.mark.parametrize("name", UNITS[:2])
def test_services_run_unprivileged_with_credentials(name: str) -> None:
    service = unit(name)["Service"]
    assert service["User"] == "kiosk"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["LoadCredential"] == "secret:/etc/kiosk/secrets"
    assert service["LogNamespace"] == "kiosk"
    assert (DEBIAN / "journald@kiosk.conf").is_file()
    assert unit(name)["Unit"]["StartLimitBurst"]


def test_the_web_engine_keeps_its_sandbox() -> None:
    text = (DEBIAN / "kiosk.service").read_text("utf-8")
    service = unit("kiosk.service")["Service"]
    assert "QTWEBENGINE_DISABLE_SANDBOX" in service["UnsetEnvironment"]
    assert "RestrictNamespaces" not in service  # it is made of namespaces
    assert "MemoryDenyWriteExecute" not in service
    assert "chroot" in service["SystemCallFilter"]
    assert not re.search(r"^(Environment|ExecStart).*(DISABLE_SANDBOX|no-sandbox)", text, re.MULTILINE)
    assert "OnFailure=kiosk-out-of-service.service" in text


def test_what_the_manager_closed_systemd_leaves_closed(
    case: KioskCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with 0, which no service starts again; every other end is, but for refused settings."""
    ends: list[int] = []
    monkeypatch.setattr(QApplication, "quit", lambda: ends.append(0))  # Qt's own: exit(0)
    admitted(case)
    case.click("close_kiosk")
    assert ends == []
    case.click("close_kiosk")
    assert ends == [0]

    service = unit("kiosk.service")["Service"]
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"
    assert "RestartForceExitStatus" not in service
    assert 'echo "$status" >"$run/status"' in (DEBIAN / "session").read_text("utf-8")
    assert "until `systemctl start kiosk`" in " ".join((ROOT / "docs/install.md").read_text("utf-8").split())


@pytest.mark.parametrize("file", [DEBIAN / "kiosk.toml", INSTALLER / "windows/kiosk.toml"])
def test_shipped_settings_are_settings_but_no_terminals(file: Path) -> None:
    with pytest.raises(SettingsError, match=r"terminal\.id"):
        load(file)
    found = tomllib.loads(file.read_text("utf-8"))
    found["terminal"] = {"demonstration": True}
    assert Settings.of(found).journal.file.name == "journal.sqlite"


def test_every_commented_setting_is_one() -> None:
    text = (DEBIAN / "kiosk.toml").read_text("utf-8").replace("…", "x")
    lines = [re.sub(r"^# (?=[a-z_]+ = |\[)", "", line) for line in text.splitlines()]
    found = tomllib.loads("\n".join(line for line in lines if not line.startswith("client_certificate")))
    assert Settings.of(found).terminal.id == "PAM01"


@pytest.mark.usefixtures("tools")
def test_icu_data_survives_a_round_trip() -> None:
    import trim_icu

    header = (144).to_bytes(2, "little") + b"\xda\x27" + bytes(8) + b"CmnD" + bytes(128)
    items = {"icudt73l/root.res": b"first", "icudt73l/coll/es.res": bytes(33), "icudt73l/zz.res": b"no"}
    package = trim_icu.package_of(header, items)
    again, found = trim_icu.items_of(package)
    assert again == header
    assert {name: found[name][: len(item)] for name, item in items.items()} == items
    assert package.index(b"first") % 16 == 0


@pytest.mark.usefixtures("tools")
def test_the_web_engine_keeps_its_encodings_and_our_languages() -> None:
    from trim_icu import _WEB_ENGINES

    for name in ("root.res", "res_index.res", "coll/res_index.res", "es.res", "curr/es_CO.res", "en.res",
                 "zone/pool.res", "supplementalData.res", "windows-936-2000.cnv", "brkitr/line.brk",
                 "translit/root.res", "nfkc.nrm", "brkitr/es.res"):  # fmt: skip
        assert _WEB_ENGINES.fullmatch(name), name
    for name in ("de.res", "coll/zh.res", "pt_BR.res", "lang/fil.res", "brkitr/cjdict.dict"):
        assert not _WEB_ENGINES.fullmatch(name), name


# -- where it comes from ---------------------------------------------------------------------------


@pytest.mark.usefixtures("tools")
def test_versions_follow_from_git_and_sort_as_debian_sorts() -> None:
    from version import version

    head = "0123456789ab"
    before = version("0.1.0", None, "45", head, dirty=False)
    release = version("0.1.0", f"v0.1.0-0-g{head}", "60", head, dirty=False)
    after = version("0.1.0", f"v0.1.0-4-g{head}", "64", head, dirty=False)
    assert (before, release, after) == (f"0.1.0~45.g{head}", "0.1.0", f"0.1.0+4.g{head}")
    assert version("0.1.0", None, "45", head, dirty=True) == before + ".dirty"
    assert version("0.1.0", None, None, None, dirty=False) == "0.1.0"
    dpkg = needs("dpkg")
    for lower, higher in ((before, release), (release, after), (before, before + ".dirty")):
        run(dpkg, "--compare-versions", lower, "lt", higher)


def test_the_version_is_said_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = re.search(r'else "(.+)"', (ROOT / "kiosk/__init__.py").read_text("utf-8"))
    assert said is not None
    assert said[1] == project["version"]
    assert 'kiosk/VERSION")' in BUILD  # the package's version is the program's


def test_a_built_program_says_the_version_beside_it(tmp_path: Path) -> None:
    shutil.copy(ROOT / "kiosk/__init__.py", tmp_path / "__init__.py")
    (tmp_path / "VERSION").write_text("1.2.3~4.gabc\n", "ascii")
    asked = "import runpy; print(runpy.run_path('__init__.py')['__version__'])"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1.2.3~4.gabc\n"


@pytest.mark.usefixtures("tools")
def test_only_what_is_locked_is_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import bundled

    tree = tmp_path / "kiosk"
    (tree / "_internal/kiosk").mkdir(parents=True)
    (tree / "_internal/libpython3.11.so.1.0").touch()
    (tree / "_internal/libusb-1.0.so.0").touch()
    modules = ["kiosk.cli", "json", "requests", "requests.api", "msgspec"]
    monkeypatch.setattr(bundled, "_modules", lambda _: modules)
    found = bundled.examine(tree, ROOT / "requirements.lock")
    assert [each.name for each in found.distributions] == ["msgspec", "requests"]
    assert found.system == ("usb-1.0",)
    modules.append("pytest")  # a developer's tool
    with pytest.raises(ValueError, match=r"pytest \S+ \(locked: not at all\)"):
        bundled.examine(tree, ROOT / "requirements.lock")
    modules[-1:] = []
    (tree / "_internal/stowaway.so").touch()
    with pytest.raises(ValueError, match=r"stowaway\.so"):
        bundled.examine(tree, ROOT / "requirements.lock")


@pytest.mark.usefixtures("tools")
def test_every_library_of_the_lock_tells_its_licence() -> None:
    from importlib.metadata import PackageNotFoundError, distribution

    import bill_of_materials
    import bundled
    import notices

    for name in bundled.locked(ROOT / "requirements.lock"):
        try:
            found = distribution(name)
        except PackageNotFoundError:  # for another system
            continue
        assert bill_of_materials.licence_of(found) != "NOASSERTION", name
        if not name.startswith(("pyside6", "shiboken6")):
            assert notices.texts_of(found), name
    names = [(each.name, each.version) for each in bill_of_materials.resource_parts()]
    assert names == [("atkinson-hyperlegible-next", "5.3.0"), ("core", "2.1.1")]


def test_locks_name_no_host() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert not re.search(r"://|file:|(^|\s)/", (ROOT / lock).read_text("utf-8"), re.MULTILINE), lock


def test_the_windows_installer_is_taken_by_makensis() -> None:
    needs("makensis")
    run(INSTALLER / "windows/check.sh")


def test_no_path_of_a_workplace() -> None:
    for file in [*INSTALLER.rglob("*"), ROOT / "docs/install.md"]:
        if file.is_file() and file.suffix != ".pyc":
            assert not re.search(r"(?<![\w/])/(work|home)/\w|/root/\.", file.read_text("utf-8")), file


@pytest.mark.parametrize("unit", ["kiosk.service", "kiosk-sonda.service"])
def test_units_wait_for_the_clock_before_they_begin(unit: str) -> None:
    text = (DEBIAN / unit).read_text("utf-8")
    waits = text.index("ExecStartPre=-/usr/lib/kiosk/helpers/wait-for-clock")
    assert waits < text.index("ExecStart=")
    assert " /usr/lib/kiosk/helpers/wait-for-clock" in BUILD


def test_the_wait_for_the_clock_ends_when_it_is_right_and_ends_anyway(tmp_path: Path) -> None:
    def wait(seconds: int) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(DEBIAN / "wait-for-clock"), str(seconds), str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert "not known to be right" in wait(1).stderr
    threading.Timer(1.0, (tmp_path / "synchronized").touch).start()
    assert wait(30).stderr == ""
