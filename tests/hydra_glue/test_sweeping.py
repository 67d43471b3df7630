"""Sweeps: the points Hydra makes of lists, and their names."""

import pytest

from twin.domain.errors import ConfigurationError
from twin.hydra_glue import compose, sweep_designs, sweep_points, swept_keys, typed_designs

pytestmark = pytest.mark.usefixtures("standing")


def test_lists_and_ranges_expand_to_every_combination_the_first_slowest():
    assert sweep_points(["scenario=calm,storm", "study.seed=range(1,3)", "network.title=x"]) == [
        ["scenario=calm", "++study.seed=1", "++network.title=x"],
        ["scenario=calm", "++study.seed=2", "++network.title=x"],
        ["scenario=storm", "++study.seed=1", "++network.title=x"],
        ["scenario=storm", "++study.seed=2", "++network.title=x"],
    ]


def test_choices_and_globs_expand_too():
    assert sweep_points(["study.title=choice('a, b',c)"]) == [[r"++study.title=a\,\ b"], ["++study.title=c"]]
    assert sweep_points(["scenario=glob(*)"]) == [["scenario=calm"], ["scenario=storm"]]


def test_every_point_composes():
    seeds = [compose(point).values["study"]["seed"] for point in sweep_points(["study.seed=7,8", "~network.title"])]

    assert seeds == [7, 8]


def test_a_key_that_begins_with_a_digit_can_be_swept():
    points = sweep_points(["node_kinds.3pl.fee_usd=1,2"])

    assert [compose(point).values["node_kinds"]["3pl"]["fee_usd"] for point in points] == [1, 2]


@pytest.mark.parametrize(
    ("overrides", "typed"),
    [
        (
            ["scenario=calm,storm", "study.title='a, b'"],
            [["scenario=calm", "study.title='a, b'"], ["scenario=storm", "study.title='a, b'"]],
        ),
        (["study.seed=range(1,3)"], [["study.seed=1"], ["study.seed=2"]]),
        (
            ["++study.seed=1,2", "~network.title"],
            [["++study.seed=1", "~network.title"], ["++study.seed=2", "~network.title"]],
        ),
        (["study.fast=true,false"], [["study.fast=true"], ["study.fast=false"]]),
        (["node_kinds.3pl.fee_usd=1,2"], [["node_kinds.3pl.fee_usd=1"], ["node_kinds.3pl.fee_usd=2"]]),
    ],
)
def test_designs_can_be_written_as_a_user_would_type_them(overrides, typed):
    assert list(typed_designs(overrides).values()) == typed


def test_a_design_as_typed_is_the_point_that_hydra_runs():
    overrides = ["study.title=choice('a, b',c)", "node_kinds.3pl.fee_usd=1,2", "scenario=storm"]

    as_typed, points = typed_designs(overrides), sweep_designs(overrides)

    assert list(as_typed) == list(points)
    assert [compose(one).values for one in as_typed.values()] == [compose(one).values for one in points.values()]


def test_points_are_named_by_what_tells_them_apart():
    assert list(sweep_designs(["scenario=calm,storm", "network.title=x"])) == ["calm", "storm"]
    assert list(sweep_designs(["network=us/coasts,central_dc", "study.seed=1"])) == [
        "us-coasts",
        "central_dc",
    ]
    assert list(sweep_designs(["scenario=calm,storm", "study.share=0.5"])) == ["calm", "storm"]
    assert list(sweep_designs(["routing=nearest,min_cost", "study.share=0.5,1"])) == [
        "nearest_share-0.5",
        "nearest_share-1",
        "min_cost_share-0.5",
        "min_cost_share-1",
    ]


def test_names_that_would_fall_together_or_be_too_long_are_told_apart():
    together = sweep_designs(["study.title='a b','a/b'"])
    long = sweep_designs([f"study.title={'x' * 80},{'x' * 81}"])

    assert len(together) == len(long) == 2
    assert all(len(name) <= 64 for name in [*together, *long])


def test_the_same_point_twice_is_one_design():
    assert list(sweep_designs(["scenario=calm,calm"])) == ["calm"]


def test_swept_keys_are_those_with_several_values():
    assert swept_keys(["scenario=calm,storm", "study.days=[1,2]", "study.seed=range(1,3)"]) == [
        "scenario",
        "study.seed",
    ]


def test_an_unknown_choice_in_a_list_is_refused():
    with pytest.raises(ConfigurationError, match=r"scenario=strom(?s:.*)did you mean 'storm'"):
        sweep_points(["scenario=calm,strom"])


@pytest.mark.parametrize(
    ("override", "expected"),
    [("routing.late_usd=interval(1,40)", "some values: key=1,2,3 or key=range(1,10)\n  to mend:  `twin optimize`"),
     ("routing.late_usd=glob(*)", "some values: key=1,2,3\n  to mend:  glob(*) is for groups of parts")],
)  # fmt: skip
def test_what_has_no_values_is_no_sweep(override, expected):
    with pytest.raises(ConfigurationError) as error:
        sweep_points([override])

    assert f"command line: {override}\n  expected: {expected}" in str(error.value)
