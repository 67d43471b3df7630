from itertools import combinations

import numpy as np
import pytest

from twin.report import palette

MACHADO = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "none": np.eye(3),
}
"""Full color blindness in linear light: Machado, Oliveira and Fernandes 2009, severity 1."""


def linear(color):
    channels = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(color, ground):
    lights = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (color, ground))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(light):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ light
    scaled = xyz / [0.9505, 1.0, 1.089]
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(
    ("color", "least"),
    [
        (palette.INK, 15.5),
        (palette.INK_2, 8.4),
        (palette.INK_3, 5.1),
        (palette.ACCENT, 7.1),
        (palette.RUST, 5.4),
        (palette.BASELINE, 5.1),
        (palette.OTHER, 3.0),
        (palette.GHOST, 3.5),
    ],
)
def test_ink_stands_out_on_paper(color, least):
    assert contrast(color, palette.PAPER) >= least


@pytest.mark.parametrize("ground", [palette.BAND, palette.EVENT_BAND])
def test_rust_can_be_read_on_both_bands(ground):
    assert contrast(palette.RUST, ground) >= 4.45


@pytest.mark.parametrize("vision", MACHADO)
def test_any_two_node_kinds_differ_for_every_kind_of_vision(vision):
    seen = {
        kind: lab(np.clip(np.array(MACHADO[vision]) @ linear(mark.color), 0, 1))
        for kind, mark in palette.NODE_MARKS.items()
    }

    nearest = min(float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(seen, 2))

    assert nearest >= 29.5


def test_every_node_kind_has_a_shape_of_its_own():
    shapes = [mark.symbol for mark in palette.NODE_MARKS.values()]

    assert len(set(shapes)) == len(shapes)


def test_the_difference_scale_is_symmetric_about_a_gray_middle():
    places = [place for place, _ in palette.DIFFERENCE_SCALE]

    assert places == pytest.approx([1 - place for place in reversed(places)])
    assert palette.DIFFERENCE_SCALE[3][1] == palette.DIFFERENCE_SCALE[4][1] == "#E4E7EA"
