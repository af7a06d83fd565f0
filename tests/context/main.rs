//! Conversations that grow: compaction, the limit of one request, and models that go round in
//! circles.

mod cancelling;
mod compaction;
mod events;
mod failing;
mod limits;
mod loops;
mod reader;
