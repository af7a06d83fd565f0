//! A disk in memory that fails when it is told to, and that can lose its power.

mod faults;
mod faulty;
mod file;
mod names;

pub use faults::{Fault, FaultCounts};
pub use faulty::FaultyDisk;
