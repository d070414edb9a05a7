"""How text files are filled in: Jinja2, with what several formats share."""

from __future__ import annotations

from typing import Final

import jinja2

from copy_that_orch.tokens.formats import css_text

HEADER: Final = "Made from screenshots by copy_that_orch. To change it, run it again."
"""What the first line of a file says."""

_SHARED: Final = """\
{% macro declarations(groups, indent="  ") %}
{% for group in groups %}
{% if not loop.first %}

{% endif %}
{% for one in group %}
{% if one.description %}
{{ indent }}/* {{ one.description | comment }} */
{% endif %}
{{ indent }}{{ one.name }}: {{ one.value }};
{% endfor %}
{% endfor %}
{% endmacro %}
"""

_ENVIRONMENT: Final = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 -- none of it is HTML; what comes from outside passes the escapes of its format
)
_ENVIRONMENT.filters |= {"comment": css_text.comment, "one_line": css_text.one_line, "string": css_text.string}
_ENVIRONMENT.globals |= {"header": HEADER}


def template(text: str) -> jinja2.Template:
    """Return the template that is written `text`.

    It knows the macro `declarations(groups, indent)` for lists of CSS declarations (`name`, `value`, `description`),
    the filters `comment`, `one_line` and `string` for texts from outside, and `header`. A name that it does not know is
    an error.
    """
    return _ENVIRONMENT.from_string(_SHARED + text)
