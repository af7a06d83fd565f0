//! Stores: the laws that hold for all of them.

mod contract;
mod journal;
mod memory;
mod model;
