//! Ticket systems, driven by scripted models.

mod budgets;
mod busy;
mod cancelling;
mod claims;
mod conversations;
mod corrections;
mod deadlines;
mod endings;
mod events;
mod handlers;
mod leases;
mod limits;
mod outcomes;
mod pending;
mod prompts;
mod requests;
mod routing;
mod runs;
mod scale;
mod stats;
mod stores;
mod streams;
mod surface;
