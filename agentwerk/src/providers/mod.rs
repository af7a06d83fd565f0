//! Providers: one model vendor each, behind one method.
//!
//! A [`Provider`] turns a [`Request`](crate::chat::Request) into a
//! [`Response`](crate::chat::Response) and hands on the pieces while they arrive. It makes one
//! attempt: retrying is the caller's decision, and [`ProviderError`] says what it needs for that.
//!
//! # Invariants
//! - `Ok` means a reply that ended properly; a stream that breaks off is an error.
//! - A provider knows nothing of tickets, agents or tools.
//! - A key appears in no error, log line or `Debug` output.

mod error;
mod provider;
mod shared;

pub use error::{ProviderError, TimeLimit};
pub use provider::Provider;
pub use shared::{IntoProvider, SharedProvider};
