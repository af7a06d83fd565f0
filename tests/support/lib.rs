//! What the tests share.

pub mod vendor;
