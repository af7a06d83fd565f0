//! The lower floors: schemas, messages, identifiers, times and numbers.

mod alternatives;
mod chat;
mod clock;
mod id;
mod keywords;
mod parse;
mod routing;
mod stats;
mod validate;
