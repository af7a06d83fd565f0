//! Programs that must not compile, and what their author is told.
//!
//! Another compiler words its errors differently, so the texts are compared on one release. To
//! write them anew: `TRYBUILD=overwrite cargo test -p agentwerk-tests --test macros ui`.

#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of Rust 1.95")]
#[test]
fn mistakes_are_explained() {
    let programs = trybuild::TestCases::new();
    for name in [
        "result_field_without_schema",
        "result_of_wrong_shape",
        "result_without_derive",
        "tool_argument_not_fillable",
        "tool_unknown_key",
        "tool_without_description",
    ] {
        programs.compile_fail(format!("macros/ui/{name}.rs"));
    }
}

/// A text that is not listed above is compared with nothing.
#[test]
fn every_program_is_listed() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/macros/ui");
    let listed = include_str!("ui.rs");
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(listed.contains(name), "`{name}` is not listed");
    }
}
