//! One attempt over HTTP, the same for every vendor: send JSON, read a stream of events, and turn
//! whatever goes wrong into a [`ProviderError`](super::ProviderError).
//!
//! A vendor module says where to, with which headers and body, and gives an [`Assemble`] that
//! builds the reply out of the events. It sees neither sockets nor timers.
//!
//! # Invariants
//! - No error holds a URL with its path or query, or a key. Of the prompt it holds no more than a
//!   vendor quotes in its own message.
//! - Redirects are not followed: they would carry the key to another host.
//! - Nothing that a server sends is kept without a limit.

mod assemble;
mod classify;
mod client;
mod endpoint;
mod gate;
mod reading;
mod retry_after;
mod sse;
mod vendor_error;

pub(crate) use assemble::{Assemble, BLOCKS_MAX, CALLS_MAX, Progress, StreamFault, parse_json};
pub(crate) use client::{Auth, Call, Client};
pub(crate) use sse::SseEvent;
pub(crate) use vendor_error::VendorError;

#[cfg(test)]
pub(crate) use sse::SseDecoder;
