//! What the tests of the vendors share.

pub(crate) mod replay;
