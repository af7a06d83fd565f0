//! What the tests share.

pub mod asking;
pub mod vendor;
