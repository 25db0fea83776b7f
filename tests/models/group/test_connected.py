"""Connected groups: links of any number of steps, circles, who stands between, and the smallest id names the group."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from models.group.connected import find_connected

Told = dict[str, tuple[str, int, bool]]


def find(links: Iterable[tuple[str, str]], members: str, marked: Iterable[int] = ()) -> Told:
    """Return each member's smallest id, count and mark; links are pairs of ids of one letter."""
    pairs = list(links)
    one, other = (np.array([pair[end] for pair in pairs], dtype=np.str_) for end in (0, 1))
    is_marked = np.isin(np.arange(len(pairs)), list(marked))
    found = find_connected(one, other, is_marked, np.array(list(members), dtype=np.str_))
    rows = zip(found.smallest.tolist(), found.member_count.tolist(), found.is_marked.tolist(), strict=True)
    return dict(zip(found.members.tolist(), rows, strict=True))


def test_steps_do_not_count() -> None:
    assert find([("d", "c"), ("b", "a"), ("c", "b"), ("x", "y")], "abcdxy") == {
        **dict.fromkeys("abcd", ("a", 4, False)),
        **dict.fromkeys("xy", ("x", 2, False)),
    }


def test_a_circle_is_a_group_like_any_other() -> None:
    assert find([("a", "b"), ("b", "c"), ("c", "a"), ("a", "b")], "abc") == dict.fromkeys("abc", ("a", 3, False))


def test_who_is_no_member_binds_and_is_not_counted() -> None:
    assert find([("b", "a"), ("c", "a")], "bc") == dict.fromkeys("bc", ("b", 2, False))


def test_who_is_linked_to_no_other_member_is_in_no_group() -> None:
    assert find([("a", "a"), ("b", "stranger"), ("c", "d")], "abcd") == dict.fromkeys("cd", ("c", 2, False))
    assert find([], "ab") == {}


def test_one_marked_link_marks_the_whole_group_and_no_other() -> None:
    found = find([("a", "b"), ("b", "c"), ("x", "y")], "abcxy", marked=[1])
    assert {name: is_marked for name, (_, _, is_marked) in found.items()} == {
        "a": True, "b": True, "c": True, "x": False, "y": False,
    }  # fmt: skip


def test_ids_are_ordered_by_code_point() -> None:
    assert find([("a", "B"), ("é", "a")], "aBé") == dict.fromkeys("aBé", ("B", 3, False))


def test_a_chain_of_many_is_one_group() -> None:
    ids = np.array([f"C{place:07d}" for place in range(50_000)])
    found = find_connected(ids[:-1], ids[1:], np.zeros(ids.size - 1, dtype=bool), ids)
    assert set(found.smallest.tolist()) == {"C0000000"}
    assert set(found.member_count.tolist()) == {50_000}
