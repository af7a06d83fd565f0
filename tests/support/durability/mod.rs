//! A journal on a disk with faults: random work, a crash, and a look at what is left.
//!
//! The law: after each crash the tickets are what the batches make of them, in the order in which
//! they were appended, up to one of them; and every batch whose commit said so is among these.
//!
//! All choices follow from a seed. The journal writes in a thread of its own, though, so which
//! lines it writes together, and with that the call that a fault strikes, may differ between two
//! runs of one seed.

mod history;
mod rounds;
mod seed;
mod view;
mod work;

pub use seed::{Counts, run_seed};
