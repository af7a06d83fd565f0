//! Programs that must not compile, and what their author is told.
//!
//! Another compiler words its errors differently, so the texts are compared on one release. To
//! write them anew: `TRYBUILD=overwrite cargo test -p agentwerk-tests --test macros ui`.

#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of Rust 1.95")]
#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("macros/ui/*.rs");
}
