"""Whatever signers report, `SignedReportFeed` makes of it what the Python package says."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.backend import START_TIME, rolled_back
from tests.support.feeds import deploy_report_feed, make_signers
from tests.support.system import System
from worldmarkets.oracle import accept, round_price

_SIGNERS = make_signers(6)
_ASSETS = (1, 2, 300)

close = st.integers(2_000 * 10**18, 2_004 * 10**18)
prices = st.one_of(close, st.integers(1, 9), st.integers(1, (2**40 - 1) * 10**26))
reports = st.lists(
    st.tuples(st.tuples(*(prices for _ in _ASSETS)), st.integers(0, 60)), min_size=1, max_size=6
)


@given(said=reports, first=st.integers(0, 5))
def test_submit_accepts_what_the_package_says(
    deployed_system: System, said: list[tuple[tuple[int, ...], int]], first: int
) -> None:
    with rolled_back(deployed_system.backend):
        feed = deploy_report_feed(deployed_system, _SIGNERS, 1)
        deployed_system.backend.set_time(START_TIME + 60)
        signers = (_SIGNERS[first:] + _SIGNERS[:first])[: len(said)]
        signed = [
            feed.sign(
                signer,
                dict(zip(_ASSETS, map(round_price, told), strict=True)),
                START_TIME + seconds,
            )
            for signer, (told, seconds) in zip(signers, said, strict=True)
        ]
        feed.submit(*signed)
        expected = accept([one.report for one in signed])
        for asset in _ASSETS:
            wanted = expected[asset]
            assert feed.latest(asset) == (wanted.price, wanted.time, wanted.confidence_bps)
