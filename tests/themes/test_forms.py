"""Django's forms as HTML: Bootstrap's classes, labels, errors that are tied to their fields."""

import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from themes.forms import FormRenderer


class Sample(forms.Form):
    title = forms.CharField(
        label="Title", help_text="As on the report.", widget=forms.TextInput(attrs={"class": "wide"})
    )
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")])
    language = forms.ChoiceField(label="Language", choices=[("fr", "F"), ("en", "E")], widget=forms.RadioSelect)
    reports = forms.MultipleChoiceField(
        label="Reports", choices=[("x", "X"), ("y", "Y")], widget=forms.CheckboxSelectMultiple, required=False
    )
    colour = forms.CharField(label="Colour", widget=forms.ColorInput, initial="#112233")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    picture = forms.FileField(label="Picture", required=False)
    day = forms.SplitDateTimeField(label="Day", required=False)
    active = forms.BooleanField(label="Active", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}))
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def group(name: str, data: dict[str, Any] | None = None) -> str:
    return Sample(data, renderer=FormRenderer())[name].as_field_group()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", r'<input type="text" name="title" class="form-control wide"'),
        ("kind", r'<select name="kind"[^>]* class="form-select"'),
        ("language", r'<input type="radio" name="language"[^>]* class="form-check-input"'),
        ("reports", r'<input type="checkbox" name="reports"[^>]* class="form-check-input"'),
        ("colour", r'<input type="color"[^>]* class="form-control form-control-color"'),
        ("note", r"<textarea [^>]*class=\"form-control\""),
        ("picture", r'<input type="file"[^>]* class="form-control"'),
        ("day", r'<input type="text" name="day_0"[^>]* class="form-control"'),
        ("active", r'form-switch.*<input type="checkbox"[^>]* class="form-check-input"'),
        ("token", r'<input type="hidden" name="token" id="id_token">'),
    ],
)
def test_each_widget_has_bootstraps_class(name: str, expected: str) -> None:
    assert re.search(expected, group(name), flags=re.DOTALL), group(name)


def test_a_field_has_its_label_its_help_and_its_mark() -> None:
    html = group("title")
    label = re.search(r"<label([^>]*)>Title</label>", html)
    assert label
    assert 'class="form-label required"' in label[1]
    assert 'for="id_title"' in label[1]
    assert 'aria-describedby="id_title_helptext"' in html
    assert 'id="id_title_helptext"' in html
    assert "form-label required" not in group("note")


def test_a_wrong_field_says_so_to_eyes_and_ears() -> None:
    html = group("title", {"title": ""})
    assert 'class="form-control is-invalid wide"' in html
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    for part in described[1].split():
        assert f'id="{part}"' in html


def test_a_group_of_choices_is_a_fieldset_whose_error_is_tied_to_it() -> None:
    html = group("language", {"language": ""})
    assert re.search(r"<fieldset[^>]*aria-describedby=\"id_language_error\"", html)
    assert "<legend" in html
    assert 'id="id_language_error"' in html
    assert html.count("form-check-input is-invalid") == 2


def test_a_password_can_be_shown_and_starts_hidden() -> None:
    html = group("password")
    button = re.search(r"<button[^>]*>", html)
    assert button
    assert "hidden" in button[0]
    assert 'aria-controls="id_password"' in button[0]


def test_a_form_lists_its_wrong_fields_with_links_to_them() -> None:
    form = Sample({"token": "t"}, renderer=FormRenderer())
    form.add_error(None, "Somebody <else> saved this page.")
    html = str(form)
    summary = html.partition("dd-form-errors")[2].partition("</ul>")[0]
    assert "Somebody &lt;else&gt; saved this page." in summary
    assert re.search(r'<a\s+href="#id_title"\s*>Title</a>', summary)
    assert "Note" not in summary
    assert html.count('name="token"') == 1


def test_one_wrong_field_needs_no_list() -> None:
    data = {"title": "", "password": "x", "kind": "a", "language": "fr", "colour": "#000000"}
    assert "dd-form-errors" not in str(Sample(data, renderer=FormRenderer()))


def test_the_product_uses_this_renderer() -> None:
    html = Template("{{ form }}").render(Context({"form": Sample()}))
    assert "dd-field" in html
