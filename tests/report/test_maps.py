import numpy as np
import pytest

from twin.report import maps


def test_the_origin_of_the_projection_lies_in_the_middle_of_the_page():
    x, y = maps.project([-96.0], [37.5])

    assert (x[0], y[0]) == pytest.approx((0.0, 0.0))


def test_one_degree_of_latitude_is_111_km_on_a_standard_parallel():
    _, y = maps.project([-96.0, -96.0], [45.0, 46.0])

    assert y[1] - y[0] == pytest.approx(111.2, abs=0.3)


def test_areas_keep_their_size():
    lon, lat = np.array([-100.0, -99.9, -100.0]), np.array([40.0, 40.0, 40.1])
    x, y = maps.project(lon, lat)

    area = abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])) / 2
    true = 6371**2 * np.radians(0.1) * (np.sin(np.radians(40.1)) - np.sin(np.radians(40.0))) / 2

    assert area == pytest.approx(true, rel=2e-3)


@pytest.mark.parametrize(("city", "spot"), [("Anchorage", (-149.9, 61.2)), ("Honolulu", (-157.86, 21.3))])
def test_alaska_and_hawaii_stand_below_the_southwest(city, spot):
    x, y = maps.project([spot[0]], [spot[1]])

    assert maps.in_view(x, y)[0]
    assert x[0] < 0
    assert y[0] < -900


def test_every_outline_is_drawn_with_gaps_between_lines():
    found = maps.outlines()

    assert sum(int(np.isnan(xs).sum()) for xs, _ in found.values()) == 204
    assert all(np.array_equal(np.isnan(xs), np.isnan(ys)) for xs, ys in found.values())


def test_outlines_are_whole_kilometers_on_the_page():
    xs, ys = (side[~np.isnan(side)] for side in maps.outlines()["coast"])

    assert np.array_equal(xs, np.rint(xs))
    assert np.array_equal(ys, np.rint(ys))
    assert maps.in_view(xs, ys).mean() > 0.99
