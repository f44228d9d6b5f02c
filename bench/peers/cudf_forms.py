"""cuDF's forms: those of pandas, whose functions it has."""

import functools

import pandas_forms

forms = pandas_forms.forms
answer = functools.partial(pandas_forms.answer, frames="cudf")
