//! What is left when a process is killed, and who goes on with it.
#![cfg(unix)]

mod fencing;
mod gate;
mod kill_loop;
mod opener_races;
mod program;
mod shared_store;
mod takeover;
