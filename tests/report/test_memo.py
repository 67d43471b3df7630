from dataclasses import replace

from twin.report.memo import header_facts, memo, memo_markdown
from twin.report.provenance import provenance_section


def test_the_header_tells_designs_runs_days_and_seed(answer):
    assert header_facts(answer) == [
        "4 designs",
        "6 paired runs",
        "7 days measured after 2 of warm-up",
        "seed 20261122",
    ]


def test_the_table_has_a_row_for_every_measure_of_the_design_in_focus(answer):
    text = memo(answer)

    assert text.count('class="verdict"') == len(answer.study.measures)
    assert text.count("matters from ") == len(answer.study.measures)


def test_color_repeats_what_words_say(answer):
    text = memo(answer)

    assert text.count('<b class="better">better</b>') == 5
    assert text.count('<b class="worse">worse</b>') == 1


def test_markdown_signs_in_names_are_shown_as_they_are(answer):
    study = replace(answer.study, question="a | b *c* <script> [x](y)")

    text = memo_markdown(replace(answer, study=study))

    assert r"a \| b \*c\* &lt;script> \[x\](y)" in text


def test_a_command_cannot_leave_its_code(answer):
    study = replace(answer.study, command="twin compare\n`rm` a")

    assert "Run it again: `twin compare rm a`" in memo_markdown(replace(answer, study=study))


def test_the_last_section_says_what_was_left_out_and_what_matters(answer):
    section = provenance_section(answer.study, answer.runs, ["Cost per order: 0.5%"])

    assert "Carrier capacity limits in peak" in section.body
    assert "Cost per order: 0.5%" in section.body
    assert "24 of 24 finished, 6 in every design" in section.body
    assert "sha256 9f2c…9f2c, equal in all designs" in section.body
