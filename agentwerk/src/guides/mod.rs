//! Guides: from a first tool to the meaning of an error's code.

pub mod diagnostics;
pub mod results;
pub mod running;
pub mod security;
pub mod tools;
