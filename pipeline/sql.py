"""Names and texts as SQL writes them."""


def name(identifier: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def text(words: object) -> str:
    """A text, or a path, as SQL writes it."""
    return "'" + str(words).replace("'", "''") + "'"
