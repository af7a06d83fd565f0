//! Models that need no network, for tests and examples (feature `testing`).

mod scripted_model;

pub use scripted_model::{IntoScriptedReply, ScriptedModel, ScriptedReply};
