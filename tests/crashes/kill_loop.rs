use crate::program::run;

#[test]
fn a_system_that_is_killed_fifty_times_loses_nothing_that_was_acknowledged() {
    let summary = run(env!("CARGO_BIN_EXE_kill_loop"), &["--kills", "50"]);
    assert!(summary.contains("kills 50, lives 51"), "{summary}");
    assert!(summary.contains("lost 0, finished twice 0"), "{summary}");
}

#[test]
fn without_syncs_the_end_of_the_process_takes_nothing_either() {
    let arguments = ["--kills", "20", "--durability", "buffered"];
    let summary = run(env!("CARGO_BIN_EXE_kill_loop"), &arguments);
    assert!(summary.contains("kills 20, lives 21"), "{summary}");
}
