use std::thread;

use agentwerk_tests::disk::Fault;
use agentwerk_tests::durability::{Counts, run_seed};

const SEEDS: u64 = 500;
/// Seeds that run at the same time.
const THREADS: u64 = 4;

#[test]
fn what_was_acknowledged_is_there_after_every_crash() {
    let mut counts = Counts::default();
    thread::scope(|scope| {
        let runs: Vec<_> = (0..THREADS)
            .map(|first| scope.spawn(move || run_seeds(first)))
            .collect();
        for run in runs {
            counts += run.join().expect("every seed of the thread kept the law");
        }
    });
    assert_eq!(counts.seeds, SEEDS);
    // A disk that never failed would have shown nothing.
    for fault in Fault::ALL {
        assert!(counts.faults.of(fault) > 20, "{counts}");
    }
    assert!(counts.acknowledged > 1_000, "{counts}");
    assert!(counts.refused_openings > 20, "{counts}");
}

fn run_seeds(first: u64) -> Counts {
    let mut counts = Counts::default();
    for seed in (first..SEEDS).step_by(THREADS as usize) {
        counts += run_seed(seed).unwrap_or_else(|violation| panic!("seed {seed}: {violation}"));
    }
    counts
}
