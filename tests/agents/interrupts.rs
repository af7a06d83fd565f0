//! Ctrl-C, as a terminal sends it to a process.

use std::process::Command;
use std::time::{Duration, Instant};

use agentwerk::{Agent, RunOutcome, Status, TicketSystem};
use agentwerk_tests::process::{Heard, Process, end_with_input, say};
use agentwerk_tests::{StuckModel, within};

/// Runs in a process of its own, which is interrupted; see the next test.
#[tokio::test]
#[ignore = "the test after this one runs it"]
async fn in_a_process_that_is_interrupted() {
    end_with_input();
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory();
    tickets.cancel_on_ctrl_c();
    tickets.agent(Agent::new().provider(stuck.clone()).model("m"));
    let key = tickets.task("x");
    tickets.start();
    within(stuck.asked()).await;
    say("working");
    let outcome = within(tickets.finish()).await;
    assert!(matches!(outcome, RunOutcome::Cancelled) && tickets.is_cancelled());
    assert_eq!(stuck.dropped(), 1);
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    say("cancelled");
    std::future::pending::<()>().await;
}

/// Waits for a line of the process, past what a test prints by itself.
fn wait_for(process: &Process, line: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match process.line(deadline) {
            Heard::Line(said) if said.ends_with(line) => return,
            Heard::Line(_) => {}
            other => panic!("no `{line}`: {other:?}"),
        }
    }
}

fn interrupt(process: &Process) {
    let kill = format!("kill -INT {}", process.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn the_first_ctrl_c_cancels_and_the_second_ends_the_process() {
    let mut test = Command::new(std::env::current_exe().unwrap());
    let name = "interrupts::in_a_process_that_is_interrupted";
    let test = test.args(["--ignored", "--exact", "--nocapture", name]);
    let process = Process::start(test).unwrap();
    wait_for(&process, "working");
    interrupt(&process);
    wait_for(&process, "cancelled");
    interrupt(&process);
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Heard::Line(_) = process.line(deadline) {}
    assert_eq!(process.wait().unwrap().code(), Some(130));
}
