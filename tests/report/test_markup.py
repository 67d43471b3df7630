from twin.report.markup import Html, items, join, tag


def test_text_is_escaped_wherever_it_meets_html():
    assert tag("p", "<b>5 & 6</b>") == "<p>&lt;b&gt;5 &amp; 6&lt;/b&gt;</p>"


def test_html_made_here_is_not_escaped_twice():
    assert tag("p", tag("b", "a < b")) == "<p><b>a &lt; b</b></p>"


def test_attributes_cannot_be_broken_out_of():
    assert tag("i", title='"><script>') == '<i title="&quot;&gt;&lt;script&gt;"></i>'


def test_attributes_that_are_off_are_left_out():
    assert tag("input", checked=False, hidden=True, id=None, class_="a", data_x="1") == (
        '<input hidden class="a" data-x="1">'
    )


def test_joining_escapes_what_lies_between():
    assert join(["a", Html("<br>"), "b"], " & ") == "a &amp; <br> &amp; b"


def test_lists_can_be_ordered():
    assert items(["a"], ordered=True) == "<ol><li>a</li></ol>"
