use crate::program::run;

#[test]
fn of_two_that_open_a_session_at_once_one_wins_and_the_other_names_it() {
    let summary = run(env!("CARGO_BIN_EXE_opener_races"), &["--races", "50"]);
    let all_won = "races 50, with one winner that the other named 50,";
    assert!(summary.contains(all_won), "{summary}");
}
