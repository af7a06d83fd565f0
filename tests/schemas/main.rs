//! The lower floors: schemas, messages, identifiers, times and numbers.

mod chat;
mod clock;
mod id;
mod keywords;
mod parse;
mod routing;
mod stats;
mod validate;
