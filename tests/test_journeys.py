"""An indicator and a source are added as their pages say; nothing else is needed. A year: test_sample.py."""

import pytest

from .walk import copy_of_the_project, walk


@pytest.mark.build
def test_an_indicator_then_a_source_are_added_as_their_pages_say(tmp_path):
    project = copy_of_the_project(tmp_path / "project")
    walk("add-an-indicator.md", project)
    walk("add-a-source.md", project)
