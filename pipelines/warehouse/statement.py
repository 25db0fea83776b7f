"""The parts of a SQL statement: its binds and the text between them, without comments.

DuckDB's tokenizer (PostgreSQL's scanner) finds the parts, so that `--` or `:x` inside a literal, a quoted identifier,
a dollar-quoted text or a comment is never taken for something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import duckdb

_ENDS_A_VALUE = b"'\"`)]}_$:"
_WORDS = (duckdb.token_type.identifier, duckdb.token_type.keyword)


@dataclass(frozen=True)
class Bind:
    """A `:name` in a statement."""

    name: str


@dataclass(frozen=True)
class _Token:
    kind: duckdb.token_type
    text: bytes
    """The token and the white space after it."""
    before: bytes
    """The byte before the token; empty at the start."""


@lru_cache(maxsize=512)
def split_statement(text: str) -> tuple[str | Bind, ...]:
    """Return the statement's text and binds in order, without comments and without the closing semicolon.

    A comment becomes one space, or one line break where it has one; a hint (`/*+ ... */`) stays. A `:name` directly
    after a value is no bind: it is a cast (`x::date`), a slice (`code[1:n]`) or a key (`{'a':x}`).
    """
    parts: list[str | Bind] = []
    written = ""
    tokens = list(_tokenize(text))
    position = 0
    while position < len(tokens):
        name = _read_bind(tokens, position)
        if name is None:
            written += _text_of(tokens[position])
            position += 1
            continue
        word = tokens[position + 1].text.decode()
        parts += [written, Bind(name)]
        written = word[len(name) :]
        position += 2
    parts.append(written.rstrip().rstrip(";").rstrip())
    first = parts[0]
    return (first.lstrip() if isinstance(first, str) else first, *parts[1:])


def _tokenize(text: str) -> Iterator[_Token]:
    code = text.strip().encode()
    tokens = duckdb.tokenize(code.decode())
    ends = [start for start, _ in tokens[1:]] + [len(code)]
    for (start, kind), end in zip(tokens, ends, strict=True):
        yield _Token(kind, code[start:end], code[max(start - 1, 0) : start])


def _text_of(token: _Token) -> str:
    if token.kind != duckdb.token_type.comment:
        return token.text.decode()
    if token.text.startswith(b"/*+"):
        return token.text.decode()
    return "\n" if b"\n" in token.text else " "


def _read_bind(tokens: list[_Token], position: int) -> str | None:
    """Return the name of the bind that starts here, if one does."""
    colon = tokens[position]
    if colon.text != b":" or position + 1 == len(tokens):
        return None
    word = tokens[position + 1]
    if word.kind not in _WORDS or word.text.startswith((b'"', b"`")):
        return None
    if colon.before and (colon.before in _ENDS_A_VALUE or colon.before.isalnum() or colon.before >= b"\x80"):
        return None
    return word.text.decode().rstrip()
