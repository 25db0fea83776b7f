"""Connected groups: who hangs together by links, however many steps lie between; circles are no trouble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

StrArray = NDArray[np.str_]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Groups:
    """One entry a member, by id: the smallest id of its group, how many members that has, and whether it is marked."""

    members: StrArray
    smallest: StrArray
    member_count: IntArray
    is_marked: BoolArray


def find_connected(one: StrArray, other: StrArray, is_marked: BoolArray, members: StrArray) -> Groups:
    """Group `members` by links between `one[i]` and `other[i]`; a group is marked where any of its links is.

    Who is no member may stand between members, and is not counted; a member that is linked to no other is in no group.
    Ids are ordered by code point, so the smallest is the same on every engine.
    """
    ids, places = np.unique(np.concatenate([one, other]), return_inverse=True)
    start, end = places[: one.size], places[one.size :]
    links = coo_array((np.ones(one.size, dtype=np.int8), (start, end)), shape=(ids.size, ids.size))
    count, label = connected_components(links, directed=False) if ids.size else (0, np.zeros(0, dtype=np.int64))
    has_mark = np.zeros(count, dtype=bool)
    has_mark[label[start[is_marked]]] = True
    member = np.flatnonzero(np.isin(ids, members))
    size = np.bincount(label[member], minlength=count)
    member = member[size[label[member]] > 1]
    first = np.full(count, ids.size)
    np.minimum.at(first, label[member], member)
    mine = label[member]
    return Groups(ids[member], ids[first[mine]], size[mine].astype(np.int64), has_mark[mine])
