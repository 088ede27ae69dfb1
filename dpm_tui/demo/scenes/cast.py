"""Cast: the characters of the sample library, and two variants of one of them."""

from __future__ import annotations

from dataclasses import replace

from dpm_tui.demo.scenes.face import Face
from dpm_tui.demo.scenes.portrait import Character

MIKA = Character(
    Face((255, 224, 204), (60, 130, 220)), (84, 60, 150), "tails", "straight", (250, 250, 252), (50, 70, 150),
    "sailor", "ribbons", ((255, 206, 214), (255, 236, 226)), "dots",
)  # fmt: skip
MIKA_LAUGHING = replace(MIKA, face=replace(MIKA.face, expression="laugh"))
MIKA_IN_GREEN = replace(MIKA, costume=(110, 200, 140), trim=(30, 100, 70))
REN = Character(
    Face((244, 206, 176), (210, 70, 40), "stern"), (196, 52, 44), "short", "spiky", (44, 46, 60),
    (230, 170, 40), "hood", "", ((36, 96, 110), (90, 170, 160)), "stripes",
)  # fmt: skip
YUKI = Character(
    Face((255, 232, 222), (120, 90, 190)), (214, 224, 240), "long", "parted", (90, 70, 150), (230, 190, 220),
    "kimono", "flower", ((24, 30, 76), (70, 60, 130)), "moon",
)  # fmt: skip
SORA = Character(
    Face((250, 214, 186), (60, 160, 90), "smile"), (236, 170, 60), "bob", "straight", (214, 110, 50),
    (70, 90, 170), "jacket", "ears", ((120, 200, 230), (220, 244, 250)), "rays",
)  # fmt: skip
