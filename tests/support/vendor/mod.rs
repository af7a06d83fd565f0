//! A model vendor on the loopback interface.
//!
//! Providers are tested against bytes on a socket, because their mistakes are made there: in a
//! character that two packets share, in a stream that just stops, in a header that no one reads.
//! [`VendorServer`] speaks the four wire formats, refuses what the vendors refuse, and misbehaves
//! on request. A test says what the model answers in words that belong to no vendor ([`Reply`]),
//! so one test body runs against every [`Format`].
//!
//! ```no_run
//! # use agentwerk_tests::vendor::{Answer, Format, Incident, Reply, VendorServer};
//! # async fn test() {
//! for format in Format::ALL {
//!     let server = VendorServer::start(format).await;
//!     server.enqueue(Reply::new().text("It is ").tool_call("look_up", r#"{"word":"it"}"#));
//!     server.enqueue(Answer::reply(Reply::new().text("cut off")).after(2, Incident::Reset));
//!     // ... point a provider at `server.base_url()` with the key `server.key()` ...
//!     let first = server.request(0).await;
//!     assert_eq!(first.body["model"], "any");
//! }
//! # }
//! ```
//!
//! # Invariants
//! - Every answer is the same bytes for the same script and request, whenever it runs.
//! - A request that breaks a [`Rule`] is refused and takes no answer from the queue.
//! - All tasks end when the server is dropped.

mod answer;
mod anthropic;
mod chunking;
mod connection;
mod failure;
mod format;
mod gate;
mod http;
mod incident;
mod litellm;
mod mistral;
mod openai;
mod recorded;
mod reply;
mod rules;
mod script;
mod server;
mod sse;

pub use answer::{Answer, RetryAfter};
pub use chunking::Chunking;
pub use format::Format;
pub use gate::Gate;
pub use incident::Incident;
pub use recorded::Recorded;
pub use reply::{Block, Pieces, Quirk, Reply, sign};
pub use rules::{Refusal, Rule, SchemaRule, strict_violations, strict_violations_together};
pub use server::VendorServer;
