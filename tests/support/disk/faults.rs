use std::io;
use std::ops::AddAssign;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One call fails.
    Error,
    /// From then on there is no room for another byte, once a write has filled the last.
    Full,
    /// From then on each write takes some of the bytes only, which is no error.
    ShortWrites,
    /// The next wait for the disk fails.
    FailedSync,
    /// A write is cut off in its middle, and nothing works from then on: the process is killed, or
    /// the disk is torn out.
    Dead,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Error,
        Self::Full,
        Self::ShortWrites,
        Self::FailedSync,
        Self::Dead,
    ];
}

/// How often each fault has struck.
#[derive(Clone, Copy, Debug, Default)]
pub struct FaultCounts([u64; Fault::ALL.len()]);

impl FaultCounts {
    /// Counts one.
    pub fn count(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    /// How often this one has struck.
    pub fn of(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }
}

impl AddAssign for FaultCounts {
    fn add_assign(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Read,
    Change,
    /// A file is made, which needs room.
    Create,
    Write,
    Sync,
}

/// Since when a fault is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    Before,
    Now,
}

/// A fault that is to come, or that lasts.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Option<(u64, Fault)>,
    lasting: Option<Fault>,
    pub(super) counts: FaultCounts,
}

impl Faults {
    /// Has a fault strike at the `nth` call from now on, counted from 1.
    pub(super) fn arm(&mut self, nth: u64, fault: Fault) {
        self.armed = Some((nth, fault));
    }

    pub(super) fn repair(&mut self) {
        self.armed = None;
        self.lasting = None;
    }

    /// Ends what goes with a process; a full disk stays full.
    pub(super) fn end_process(&mut self) {
        self.armed = None;
        self.lasting = self.lasting.filter(|fault| *fault == Fault::Full);
    }

    pub(super) fn lasting(&self) -> Option<Fault> {
        self.lasting
    }

    /// The fault of this call, if it has one, and whether it strikes now or has lasted.
    pub(super) fn next(&mut self, call: Call) -> Option<(Fault, Since)> {
        let lasting = self.lasting.map(|fault| (fault, Since::Before));
        let Some((left, fault)) = self.armed else {
            return lasting;
        };
        let due = left <= 1;
        let fits = match fault {
            Fault::FailedSync => call == Call::Sync,
            Fault::Full => matches!(call, Call::Write | Call::Create),
            Fault::ShortWrites => call == Call::Write,
            Fault::Error | Fault::Dead => true,
        };
        if !(due && fits) {
            self.armed = Some((left.saturating_sub(1), fault));
            return lasting;
        }
        self.armed = None;
        self.counts.count(fault);
        if matches!(fault, Fault::Full | Fault::ShortWrites | Fault::Dead) {
            self.lasting = Some(fault);
        }
        Some((fault, Since::Now))
    }
}

/// The error that a fault gives to a call that it strikes.
pub(super) fn error(fault: Fault, call: Call) -> Option<io::Error> {
    match fault {
        Fault::Error | Fault::FailedSync => Some(io::Error::other("a fault of the disk")),
        Fault::Dead => Some(io::Error::other("the disk is gone")),
        Fault::Full if matches!(call, Call::Write | Call::Create) => {
            Some(io::ErrorKind::StorageFull.into())
        }
        Fault::Full | Fault::ShortWrites => None,
    }
}
