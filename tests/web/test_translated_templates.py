from gettext import NullTranslations

from jinja2 import Environment, select_autoescape

from monitor.web.site.translating import generator_of

FRENCH = {"Snapshot": "Instantané", "Snapshot %(number)s": "Instantané n° %(number)s", "<b>": "<i>"}


def rendered(source: str, **values: object) -> str:
    asked: list[str] = []
    environment = Environment(autoescape=select_autoescape(default=True), extensions=["jinja2.ext.i18n"])
    environment.install_gettext_translations(NullTranslations(), newstyle=True)  # type: ignore[attr-defined]

    def translated(text: str) -> str:
        asked.append(text)
        return FRENCH[text]

    environment.code_generator_class = generator_of(translated)
    template = environment.from_string(source)
    known = len(asked)
    made = template.render(values)
    assert len(asked) == known, "a text is translated when its template is compiled, and not for each page"
    return made


def test_a_text_is_one_with_the_markup_around_it() -> None:
    assert rendered("<p>{{ _('Snapshot') }}</p>") == "<p>Instantané</p>"
    assert rendered("{% for each in ((_('Snapshot'), 1), (_('Snapshot'), 2)) %}{{ each[0] }}{% endfor %}") == (
        "Instantané" * 2
    )


def test_values_are_put_in_and_escaped() -> None:
    source = "{% trans number=each %}Snapshot {{ number }}{% endtrans %}"

    assert rendered(source, each=3) == "Instantané n° 3"
    assert rendered(source, each="<script>") == "Instantané n° &lt;script&gt;"


def test_our_own_markup_in_a_text_stays() -> None:
    assert rendered("{% trans %}<b>{% endtrans %}") == "<i>"


def test_plurals_and_texts_of_values_are_looked_up_for_each_page() -> None:
    source = "{% trans count=count %}{{ count }} snapshot{% pluralize %}{{ count }} snapshots{% endtrans %}"

    assert [rendered(source, count=count) for count in (1, 2)] == ["1 snapshot", "2 snapshots"]
    assert rendered("{{ _(words) }}", words="as it is") == "as it is"
