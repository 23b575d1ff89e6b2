"""The theme as Qt style sheet. Widgets choose by the dynamic properties `look`, `kind`, `surface`."""

from __future__ import annotations

from kiosk.views.parts.theme import FAMILY, Theme

# look -> (design pixels, weight, colour)
TEXTS = {
    "display": (88, 800, "ink"),
    "title": (56, 800, "ink"),
    "heading": (38, 700, "ink"),
    "strong": (33, 700, "ink"),
    "body": (33, 400, "ink"),
    "soft": (33, 400, "soft"),
    "label": (30, 600, "ink"),
    "caption": (29, 400, "soft"),
    "amount": (72, 800, "ink"),
    "huge": (112, 800, "ink"),
    "problem": (31, 600, "problem"),
    "good": (31, 600, "approved"),
}

# kind -> (ground, ink, border, pressed ground)
BUTTONS = {
    "primary": ("brand", "#ffffff", "brand", "dark"),
    "accent": ("accent", "#1b1503", "accent", "#dd9c20"),
    "secondary": ("card", "ink", "edge", "tint"),
    "quiet": ("card", "ink", "line", "tint"),
    "danger": ("card", "problem", "edge", "problem_tint"),
    "link": ("transparent", "brand", "transparent", "tint"),
    "glass": ("rgba(255,255,255,14)", "#ffffff", "rgba(255,255,255,110)", "rgba(255,255,255,40)"),
}


def stylesheet(theme: Theme) -> str:
    """The whole application's style."""
    return "\n".join([_base(theme), _texts(theme), _buttons(theme), _surfaces(theme), _fields(theme)])


def _value(theme: Theme, name: str) -> str:
    return getattr(theme.colours, name, name)


def _focus(theme: Theme) -> int:
    """Pixels of the border around what the keys are on; where all borders are black its width must say it."""
    return theme.u(9 if theme.high_contrast else 5)


def _base(theme: Theme) -> str:
    c = theme.colours
    return f"""
* {{ font-family: "{FAMILY}"; font-size: {theme.t(33)}px; color: {c.ink}; outline: 0; }}
QMainWindow, QWidget#frame, QStackedWidget, QWidget[surface="paper"] {{ background: {c.paper}; }}
QLabel, QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: {theme.u(14)}px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {c.edge}; border-radius: {theme.u(6)}px; min-height: {theme.u(80)}px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ height: 0; background: none; }}
QListView {{ background: transparent; border: 0; }}
"""


def _texts(theme: Theme) -> str:
    rules = [
        f'QLabel[look="{name}"] {{ font-size: {theme.t(size)}px; font-weight: {weight}; '
        f"color: {_value(theme, colour)}; }}"
        for name, (size, weight, colour) in TEXTS.items()
    ]
    rules.append('QWidget[tone="inverse"] QLabel, QLabel[tone="inverse"] { color: #ffffff; }')
    return "\n".join(rules)


def _buttons(theme: Theme) -> str:
    c = theme.colours
    # A border alone is too little to tell the chosen one by when contrast was asked for.
    chosen, chosen_ink = (c.brand, "#ffffff") if theme.high_contrast else (c.tint, c.dark)
    rules = []
    for kind, (ground, ink, border, pressed) in BUTTONS.items():
        look = f'QPushButton[kind="{kind}"]'
        rules.append(
            f"{look} {{ background: {_value(theme, ground)}; color: {_value(theme, ink)}; "
            f"border: {theme.u(2)}px solid {_value(theme, border)}; border-radius: {theme.u(24)}px; "
            f"padding: 0 {theme.u(36)}px; font-size: {theme.t(34)}px; font-weight: 700; }}"
            f"{look}:pressed {{ background: {_value(theme, pressed)}; }}"
            f"{look}:focus {{ border: {_focus(theme)}px solid {c.accent if kind in ('primary', 'glass') else c.ink}; }}"
            f"{look}:disabled {{ background: {c.disabled}; color: {c.disabled_ink}; "
            f"border: {theme.u(2)}px solid {c.line}; }}"
        )
    rules.append(
        f'QPushButton[scale="small"] {{ border-radius: {theme.u(18)}px; padding: 0 {theme.u(16)}px; '
        f"font-size: {theme.t(29)}px; font-weight: 600; }}"
        f'QPushButton[scale="big"] {{ border-radius: {theme.u(28)}px; font-size: {theme.t(50)}px; '
        f"font-weight: 800; padding: 0 {theme.u(48)}px; }}"
        f'QPushButton[kind="option"] {{ background: {c.card}; color: {c.ink}; '
        f"border: {theme.u(2)}px solid {c.edge}; border-radius: {theme.u(18)}px; "
        f"padding: 0 {theme.u(24 if theme.roomy else 12)}px; font-weight: 600; font-size: {theme.t(31)}px; }}"
        f'QPushButton[kind="option"]:checked {{ background: {chosen}; color: {chosen_ink}; '
        f"border: {theme.u(4)}px solid {c.brand}; font-weight: 700; }}"
        f'QPushButton[kind="option"]:pressed {{ background: {chosen}; color: {chosen_ink}; }}'
        f'QPushButton[kind="option"]:focus {{ border: {_focus(theme)}px solid {c.ink}; }}'
        f'QPushButton[kind="key"] {{ background: {c.card}; color: {c.ink}; border: {theme.u(2)}px solid {c.line}; '
        f"border-bottom: {theme.u(4)}px solid #b9b4a6; border-radius: {theme.u(14)}px; "
        f"font-size: {round(theme.u(38) * min(theme.text_scale, 1.2))}px; font-weight: 600; padding: 0; }}"
        f'QPushButton[kind="key"]:pressed, QPushButton[kind="key"]:checked {{ background: {c.tint}; '
        f"border: {theme.u(2)}px solid {c.brand}; }}"
        f'QPushButton[kind="key"][done="true"] {{ background: {c.brand}; color: #ffffff; border-color: {c.brand}; }}'
        f'QPushButton[kind="key"][done="true"]:pressed {{ background: {c.dark}; }}'
    )
    return "\n".join(rules)


def _surfaces(theme: Theme) -> str:
    c = theme.colours
    tones = "".join(
        f'QFrame[surface="{name}"] {{ background: {getattr(c, name + "_tint")}; border: '
        f"{theme.u(2)}px solid {getattr(c, name) if theme.high_contrast else getattr(c, name + '_tint')}; "
        f"border-radius: {theme.u(18)}px; }}"
        f'QFrame[surface="{name}"] QLabel[look="heading"], QFrame[surface="{name}"] QLabel[look="strong"] '
        f"{{ color: {getattr(c, name)}; }}"
        for name in ("approved", "pending", "problem")
    )
    return f"""
QFrame[surface="card"] {{ background: {c.card}; border: {theme.u(2)}px solid {c.line}; border-radius: {theme.u(28)}px; }}
QFrame[surface="tint"] {{ background: {c.tint}; border: {theme.u(2)}px solid {c.brand if theme.high_contrast else c.tint}; border-radius: {theme.u(18)}px; }}
QFrame[surface="header"] {{ background: {c.card}; border: 0; border-bottom: {theme.u(2)}px solid {c.line}; }}
QFrame[surface="bar"] {{ background: {c.dark}; border: 0; }}
QFrame[surface="bar"] QLabel {{ color: #ffffff; }}
QFrame[surface="band"] {{ background: {c.dark}; border: 0; }}
QFrame[surface="band"] QLabel {{ color: #ffffff; }}
QFrame[surface="voice"] {{ background: {c.tint}; border: 0; border-bottom: {theme.u(2)}px solid {c.brand if theme.high_contrast else c.line}; }}
QFrame[surface="keys"] {{ background: {c.keys}; border: 0; border-top: {theme.u(2)}px solid {c.line}; }}
QFrame[surface="demo"] {{ background: {c.ink}; border: 0; }}
QFrame[surface="demo"] QLabel {{ color: #ffffff; font-size: {theme.t(27)}px; font-weight: 600; }}
QFrame[surface="line"] {{ background: {c.line}; border: 0; }}
{tones}
"""


def _fields(theme: Theme) -> str:
    c = theme.colours
    return f"""
QLineEdit {{ background: {c.card}; color: {c.ink}; placeholder-text-color: {c.soft}; border: {theme.u(3)}px solid {c.edge}; border-radius: {theme.u(18)}px;
  padding: 0 {theme.u(24)}px; font-size: {theme.t(40)}px; font-weight: 600; min-height: {theme.u(86)}px;
  selection-background-color: {c.brand}; selection-color: #ffffff; }}
QLineEdit:focus {{ border: {_focus(theme)}px solid {c.brand}; }}
QLineEdit[wrong="true"] {{ border: {theme.u(4)}px solid {c.problem}; background: {c.problem_tint}; }}
QLineEdit:disabled {{ background: {c.disabled}; color: {c.disabled_ink}; }}
QCheckBox {{ spacing: {theme.u(22)}px; font-size: {theme.t(31)}px; }}
"""
