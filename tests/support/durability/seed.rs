use std::fmt;
use std::ops::AddAssign;

use super::rounds::Session;
use crate::disk::{Fault, FaultCounts};

/// What a number of seeds went through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Seeds that kept the law.
    pub seeds: u64,
    /// Faults that struck.
    pub faults: FaultCounts,
    /// Openings that gave an error, because of a fault.
    pub refused_openings: u64,
    /// Openings of a disk that had no room left.
    pub full_openings: u64,
    /// Crashes that left everything written.
    pub kills: u64,
    /// Crashes that left everything synced.
    pub power_losses: u64,
    /// Batches that were appended.
    pub batches: u64,
    /// Batches among them that had to be there after the crash.
    pub acknowledged: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.faults += other.faults;
        self.refused_openings += other.refused_openings;
        self.full_openings += other.full_openings;
        self.kills += other.kills;
        self.power_losses += other.power_losses;
        self.batches += other.batches;
        self.acknowledged += other.acknowledged;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} seeds; faults:", self.seeds)?;
        for fault in Fault::ALL {
            write!(f, " {} {fault:?},", self.faults.of(fault))?;
        }
        write!(
            f,
            " {} openings refused, {} on a full disk; crashes: {} kills, {} power losses; {} \
             batches, {} acknowledged, 0 lost",
            self.refused_openings,
            self.full_openings,
            self.kills,
            self.power_losses,
            self.batches,
            self.acknowledged,
        )
    }
}

/// Goes through what follows from one seed.
///
/// # Errors
/// The law was broken, in a way that the text says.
///
/// # Panics
/// No runtime can be made.
pub fn run_seed(seed: u64) -> Result<Counts, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime of one thread");
    runtime.block_on(Session::new(seed).run())
}
