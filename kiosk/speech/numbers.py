"""Whole numbers in words, so that no voice has to guess what a dot between digits means."""

from __future__ import annotations

_ES_SMALL = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
).split()
_ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
_EN_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spanish(number: int) -> str:
    """1_021_300 -> «un millón veintiún mil trescientos»; «un» and «veintiún» as before a noun."""
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    parts = []
    if millions:
        parts.append("un millón" if millions == 1 else f"{spanish(millions)} millones")
    if thousands:
        parts.append("mil" if thousands == 1 else f"{_es_below_thousand(thousands)} mil")
    if units or not parts:
        parts.append(_es_below_thousand(units))
    return " ".join(parts)


def _es_below_thousand(number: int) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    parts = [_ES_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest or not hundreds:
        parts.append(_es_below_hundred(rest))
    return " ".join(parts)


def _es_below_hundred(number: int) -> str:
    if number < 30:
        return {1: "un", 21: "veintiún"}.get(number, _ES_SMALL[number])
    tens, rest = divmod(number, 10)
    last = {0: "", 1: " y un"}.get(rest, f" y {_ES_SMALL[rest]}")
    return f"{_ES_TENS[tens - 3]}{last}"


def english(number: int) -> str:
    """1_021_300 -> «one million twenty-one thousand three hundred»."""
    parts = []
    for unit, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        count, number = divmod(number, unit)
        if count:
            parts.append(f"{_en_below_thousand(count)} {name}")
    if number or not parts:
        parts.append(_en_below_thousand(number))
    return " ".join(parts)


def _en_below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_EN_SMALL[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        tens, ones = divmod(rest, 10)
        word = _EN_SMALL[rest] if rest < 20 else _EN_TENS[tens - 2] + (f"-{_EN_SMALL[ones]}" if ones else "")
        parts.append(word)
    return " ".join(parts)
