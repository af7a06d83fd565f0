//! A whole system at random: what holds in every history.

use agentwerk_tests::interleavings::run_seeds;

const SEEDS: u64 = 500;
const THREADS: u64 = 4;

#[test]
fn whatever_happens_to_a_system_no_ticket_call_or_wait_is_lost() {
    let counts = run_seeds(0, SEEDS, THREADS);
    let counts = counts.unwrap_or_else(|violations| panic!("{}", violations.join("\n")));
    assert_eq!(counts.seeds, SEEDS);
    // Histories in which nothing happens would show nothing.
    assert!(counts.sessions > 20, "{counts}");
    assert!(counts.restarts > 200, "{counts}");
    assert!(counts.done > 1_000, "{counts}");
    assert!(counts.calls > 5_000, "{counts}");
    assert!(counts.cut_short > 50, "{counts}");
    assert!(counts.interrupted > 50, "{counts}");
}
