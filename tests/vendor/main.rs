//! The vendor server itself: it streams what vendors stream, and refuses what they refuse.

mod client;
mod misbehaviour;
mod refusals;
mod scripted;
mod streams;
mod strict;
