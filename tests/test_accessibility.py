"""The accessibility report finds what it is there to find."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from instruments.accessibility.measure import Measure, measure, painted_contrast, ratio


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(0, 0xFFFFFF, 21.0), (0xFFFFFF, 0xFFFFFF, 1.0), (0x777777, 0xFFFFFF, 4.48), (0xFF0000, 0xFFFFFF, 4.0)],
)
def test_contrast_is_that_of_the_guidelines(one: int, other: int, expected: float) -> None:
    assert ratio(one, other) == pytest.approx(expected, abs=0.01)
    assert ratio(other, one) == ratio(one, other)


def test_a_picture_without_words_has_no_contrast() -> None:
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    assert painted_contrast(image, image.rect()) is None
    assert painted_contrast(image, QRect(100, 100, 5, 5)) is None


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QWidget:
    made = QWidget()
    made.setStyleSheet("QWidget { background: #ffffff; color: #101010; font-size: 30px; }")
    box = QVBoxLayout(made)
    label, button = QLabel("Total a pagar"), QPushButton("Pagar")
    button.setObjectName("pay")
    button.setMinimumSize(200, 100)
    for part in (label, button):
        box.addWidget(part)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def found(window: QWidget, *, large: bool = False, millimetres: float = 0.248) -> dict[str, Measure]:
    QApplication.processEvents()
    return {each.check: each for each in measure(window, window, millimetres, large=large)}


def test_a_good_page_is_below_no_limit(window: QWidget) -> None:
    assert [each for each in found(window).values() if not each.well] == []


def test_pale_words_are_found_as_painted(window: QWidget) -> None:
    window.findChild(QLabel).setStyleSheet("color: #aaaaaa; font-size: 16px;")
    pale = found(window)["contrast"]
    assert not pale.well
    assert pale.value == pytest.approx(2.32, abs=0.1)
    assert "Total a pagar" in pale.where


def test_small_letters_and_small_targets_are_found_in_millimetres(window: QWidget) -> None:
    assert found(window)["capital letter"].value == pytest.approx(30 * 0.7 * 0.248, rel=0.15)
    assert not found(window, large=True, millimetres=0.2)["capital letter"].well
    window.findChild(QPushButton).setFixedSize(300, 40)
    small = found(window)["target"]
    assert (small.value, small.well, small.where) == (pytest.approx(40 * 0.248), False, "pay")


def test_a_control_without_a_name_or_out_of_reach_is_found(window: QWidget) -> None:
    button = window.findChild(QPushButton)
    button.setText("")
    assert found(window)["controls without name or role"].where == "pay"
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    assert found(window)["controls out of reach of keys"].where == "pay"


def test_a_choice_told_by_hue_alone_is_found_in_grey(window: QWidget) -> None:
    button = window.findChild(QPushButton)
    button.setCheckable(True)
    button.setStyleSheet("QPushButton { background: #ff0000; } QPushButton:checked { background: #008000; }")
    hue = found(window)["chosen, told in grey"]
    assert (hue.where, hue.well) == ("pay", False)
    assert not button.isChecked()
    button.setStyleSheet("QPushButton:checked { border: 6px solid #101010; }")
    assert found(window)["chosen, told in grey"].well


def test_a_state_without_a_word_or_a_picture_is_found(window: QWidget) -> None:
    edit = QLineEdit(window)
    edit.setObjectName("number")
    edit.setProperty("wrong", True)
    edit.show()
    assert found(window)["states by colour alone"].where == "number"
    problem = QLabel("Faltan cifras.", window)
    problem.setObjectName("number_problem")
    problem.show()
    assert found(window)["states by colour alone"].well
    coloured = QFrame(window)
    coloured.setObjectName("tone")
    coloured.setProperty("surface", "approved")
    coloured.resize(50, 50)
    coloured.show()
    assert found(window)["states by colour alone"].where == "tone"
