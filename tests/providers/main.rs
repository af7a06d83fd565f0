//! The four providers against a vendor on the loopback interface.

mod conversations;
mod errors;
mod limits;
mod patience;
mod quirks;
mod requests;
mod secrets;
mod splits;
mod talk;
