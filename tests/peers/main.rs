//! The parts of the conformance checks that are our own: see `README.md` beside this file.

mod bodies;
mod proxy;
mod tickets;

/// A variable that `run` sets.
///
/// # Panics
/// It is not set.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("`{name}` is not set: run tests/peers/run"))
}
