import pytest

from twin.report.words import broken, capitalized, city, in_words, inside, is_or_are, listed, short, whole_percent


@pytest.mark.parametrize(("count", "words"), [(0, "no"), (2, "two"), (12, "twelve"), (13, "13"), (1234, "1,234")])
def test_small_numbers_are_written_as_words(count, words):
    assert in_words(count) == words


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("One central distribution center", "one central distribution center"),
        ("Distribution network", "Distribution network"),
        ("3PL only", "3PL only"),
    ],
)
def test_only_a_common_first_word_loses_its_capital_inside_a_sentence(title, words):
    assert inside(title) == words


@pytest.mark.parametrize(
    ("title", "verb"),
    [
        ("Distribution network", "is"),
        ("Three regional distribution centers", "are"),
        ("One center and ten distributors", "is"),
        ("Express", "is"),
    ],
)
def test_the_verb_follows_the_title(title, verb):
    assert is_or_are(title) == verb


def test_lists_end_with_and():
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Central DC", "Central DC"),
        ("Regional, with 3 DCs", "Regional"),
        ("Two nodes (fast)", "fast"),
        ("Two nodes (late_usd-4_split_usd-0)", "…4_split_usd-0"),
        ("One center and ten distributors", "One center"),
        ("Distribution network", "Distribution"),
        ("Supercalifragilistic", "Supercalifrag…"),
    ],
)
def test_a_title_is_shortened_at_a_word(title, kept):
    assert short(title) == kept


def test_text_is_broken_into_lines():
    assert broken("Regional centers and 24 shops", 16) == ["Regional centers", "and 24 shops"]
    assert broken("", 16) == [""]


def test_a_label_loses_its_state():
    assert [city("Columbus, OH"), city("Reno")] == ["Columbus", "Reno"]


def test_the_rest_of_a_text_keeps_its_letters_when_capitalized():
    assert capitalized("three DCs") == "Three DCs"


def test_a_share_that_is_not_zero_never_reads_zero():
    assert [whole_percent(0.0), whole_percent(0.004), whole_percent(0.79)] == ["0%", "<1%", "79%"]
