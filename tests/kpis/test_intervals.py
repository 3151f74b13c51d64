import itertools

from hypothesis import given
from hypothesis import strategies as st

from kpis.intervals import Claim, Span, clip, intersect, merge, overlay, subtract, total, within

SECOND = st.integers(0, 60)
SPANS = st.lists(st.tuples(SECOND, SECOND).map(lambda pair: Span(*map(float, sorted(pair)))), max_size=8)
CLAIMS = st.lists(
    st.tuples(st.integers(0, 4), SECOND, st.integers(0, 3), SECOND).map(
        lambda t: Claim(t[0], float(min(t[1], t[3])), t[2], float(max(t[1], t[3])))
    ),
    max_size=10,
)


def seconds(spans: list[Span]) -> set[int]:
    return {second for start, end in spans for second in range(int(start), int(end))}


@given(SPANS)
def test_merge_is_the_set_of_seconds_sorted_and_apart(spans: list[Span]) -> None:
    merged = merge(spans)
    assert seconds(merged) == seconds(spans)
    assert all(a.end < b.start for a, b in itertools.pairwise(merged))
    assert total(merged) == len(seconds(spans))


@given(SPANS, SPANS)
def test_subtract_and_intersect_split_a_set(spans: list[Span], others: list[Span]) -> None:
    left, right = merge(spans), merge(others)
    assert seconds(subtract(left, others)) == seconds(left) - seconds(right)
    assert seconds(intersect(left, right)) == seconds(left) & seconds(right)
    assert total(subtract(left, right)) + total(intersect(left, right)) == total(left)


@given(SPANS, SECOND, SECOND)
def test_within_is_clip(spans: list[Span], one: int, other: int) -> None:
    start, end = sorted((one, other))
    assert within(merge(spans), start, end) == clip(merge(spans), start, end)


def test_touching_spans_are_one() -> None:
    assert merge([Span(5, 9), Span(0, 5)]) == [Span(0, 9)]


@given(CLAIMS)
def test_overlay_partitions_the_window(claims: list[Claim]) -> None:
    pieces = overlay(claims, 10, 50)
    assert pieces[0].start == 10
    assert pieces[-1].end == 50
    assert all(a.end == b.start for a, b in itertools.pairwise(pieces))
    assert sum(piece.end - piece.start for piece in pieces) == 40


@given(CLAIMS)
def test_overlay_gives_each_second_to_its_strongest_claim(claims: list[Claim]) -> None:
    winners = {
        second: piece.claim
        for piece in overlay(claims, 0, 60)
        for second in range(int(piece.start), int(piece.end))
    }
    for second in range(60):
        live = [claim for claim in claims if claim.start <= second < claim.end]
        assert winners[second] == min(live, default=None)


@given(CLAIMS, st.randoms())
def test_order_and_repeats_of_claims_do_not_matter(claims: list[Claim], random: object) -> None:
    shuffled = [*claims, *claims[:3]][::-1]
    assert overlay(shuffled, 0, 60) == overlay(claims, 0, 60)


def test_an_empty_window_has_no_pieces() -> None:
    assert overlay([Claim(1, 0, 0, 9)], 5, 5) == []
