import pickle

import pytest

from twin.domain.errors import ConfigurationError, Problem, TwinError, UsageError

TYPO = Problem("conf/lanes.csv, row 14", "carrier 'parcl'", "parcel, ltl or courier", "did you mean 'parcel'?")
NO_CURE = Problem("command line", "study.seed=x", "a whole number")


def test_a_problem_says_where_what_was_found_what_was_expected_and_the_cure():
    assert str(TYPO) == (
        "conf/lanes.csv, row 14: carrier 'parcl'\n"
        "  expected: parcel, ltl or courier\n"
        "  to mend:  did you mean 'parcel'?"
    )


def test_a_problem_without_a_cure_has_no_line_for_it():
    assert str(NO_CURE) == "command line: study.seed=x\n  expected: a whole number"


def test_a_configuration_error_prints_every_problem_in_a_paragraph_of_its_own():
    error = ConfigurationError([TYPO, NO_CURE])

    assert str(error) == f"{TYPO}\n\n{NO_CURE}"


def test_a_configuration_error_without_a_problem_is_refused():
    with pytest.raises(ValueError, match="at least one problem"):
        ConfigurationError([])


def test_a_configuration_error_arrives_whole_from_a_worker_process():
    error = pickle.loads(pickle.dumps(ConfigurationError([TYPO, NO_CURE])))  # noqa: S301  (our own bytes)

    assert error.problems == (TYPO, NO_CURE)
    assert str(error) == f"{TYPO}\n\n{NO_CURE}"


@pytest.mark.parametrize("family", [ConfigurationError([TYPO]), UsageError("no list"), TwinError("no stock")])
def test_what_the_user_can_mend_exits_with_2(family):
    assert isinstance(family, TwinError)
    assert family.exit_code == 2
