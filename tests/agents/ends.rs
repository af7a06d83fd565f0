//! Ends of tickets that the program decides.

use std::collections::HashMap;

use agentwerk::chat::{Request, Response};
use agentwerk::event::{EventKind, FailureReason, RunOutcome};
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{
    Agent, EndTicketError, Pending, Status, Ticket, TicketError, TicketKey, TicketSystem,
};
use agentwerk_tests::{EventLog, StuckModel, call, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{ada, parrot};

/// How the program ends a ticket.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Cancel,
    Fail,
    Answer,
}

const ENDS: [End; 3] = [End::Cancel, End::Fail, End::Answer];

impl End {
    async fn of(self, tickets: &TicketSystem, key: &TicketKey) -> Result<(), EndTicketError> {
        let ending = match self {
            Self::Cancel => tickets.cancel_ticket(key),
            Self::Fail => tickets.fail(key, "it is no longer needed"),
            Self::Answer => tickets.answer(key, "42"),
        };
        within(ending).await
    }

    fn status(self) -> Status {
        match self {
            Self::Cancel => Status::Cancelled,
            Self::Fail => Status::Failed,
            Self::Answer => Status::Done,
        }
    }

    /// Checks the ticket, what was told of it, and what came of the wait for it.
    async fn check(self, tickets: &TicketSystem, pending: Pending<String>, log: &EventLog) {
        let key = *pending.key();
        let awaited = within(pending).await;
        match (self, awaited) {
            (Self::Answer, Ok(answer)) => assert_eq!(answer, "42"),
            (Self::Cancel, Err(TicketError::Cancelled { key: told })) => assert_eq!(told, key),
            (Self::Fail, Err(TicketError::Failed { failure, .. })) => {
                assert_eq!(failure.reason, FailureReason::FailedByProgram);
                assert_eq!(failure.message, "it is no longer needed");
            }
            (end, other) => panic!("{end:?}: {other:?}"),
        }
        within(tickets.finish()).await;
        let ticket = tickets.get(key).unwrap();
        assert_eq!(ticket.status(), self.status());
        assert!(ticket.finished_at().is_some());
        assert_eq!(ticket.result_string().is_some(), self == Self::Answer);
        assert_eq!(ticket.failure().is_some(), self == Self::Fail);
        let of_ticket = log.of_ticket(key);
        let ends: Vec<_> = of_ticket.iter().filter(|kind| kind.is_terminal()).collect();
        let is_expected = match (self, &ends[..]) {
            (Self::Cancel, [EventKind::TicketCancelled { .. }])
            | (Self::Answer, [EventKind::TicketDone { .. }]) => true,
            (Self::Fail, [EventKind::TicketFailed { failure, .. }]) => {
                failure.reason == FailureReason::FailedByProgram
            }
            _ => false,
        };
        assert!(is_expected, "{self:?}: {ends:?}");
    }
}

fn submit(tickets: &TicketSystem, label: &str) -> Pending<String> {
    tickets.submit(Ticket::new("x").label(label).returns())
}

#[tokio::test]
async fn an_open_ticket_ends_and_nobody_works_on_it() {
    for end in ENDS {
        let model = parrot();
        let tickets = TicketSystem::in_memory();
        tickets.agent(ada(&model).label("later"));
        let log = EventLog::of(&tickets);
        let pending = submit(&tickets, "later");
        end.of(&tickets, pending.key()).await.unwrap();
        end.check(&tickets, pending, &log).await;
        assert!(model.requests().is_empty());
    }
}

#[tokio::test]
async fn of_a_ticket_under_way_the_work_is_dropped_and_the_agent_is_free() {
    for end in ENDS {
        let stuck = StuckModel::default();
        let tickets = TicketSystem::in_memory();
        tickets.agent(Agent::new().name("ada").provider(stuck.clone()).model("m"));
        let log = EventLog::of(&tickets);
        let pending = submit(&tickets, "ada");
        let next = tickets.task("next");
        tickets.start();
        within(stuck.asked()).await;
        end.of(&tickets, pending.key()).await.unwrap();
        // The agent takes the next ticket.
        within(stuck.asked()).await;
        assert_eq!(stuck.dropped(), 1);
        tickets.cancel_ticket(next).await.unwrap();
        end.check(&tickets, pending, &log).await;
        assert_eq!(log.count("RunStarted"), 1, "the run went on");
    }
}

#[tokio::test]
async fn a_ticket_that_waits_for_a_comment_ends() {
    for end in ENDS {
        let tickets = TicketSystem::in_memory();
        tickets.agent(ada(&ScriptedModel::replies(["Which one?"])).interactive());
        let log = EventLog::of(&tickets);
        let key = tickets.task("x");
        let outcome = within(tickets.finish()).await;
        assert!(matches!(outcome, RunOutcome::Waiting(keys) if keys == [key]));
        end.of(&tickets, &key).await.unwrap();
        assert!(within(tickets.finish()).await.is_drained());
        let ticket = tickets.get(key).unwrap();
        assert_eq!(
            (ticket.status(), ticket.awaits_comment()),
            (end.status(), false)
        );
        let of_ticket = log.of_ticket(key);
        assert_eq!(
            of_ticket.iter().filter(|kind| kind.is_terminal()).count(),
            1
        );
    }
}

#[tokio::test]
async fn a_ticket_that_waits_for_leave_ends_although_its_handler_thinks() {
    for end in ENDS {
        let tool = Tool::new("pay", "Pays.").requires_approval();
        let tool = tool.handler(|_input, _context| async { Ok(ToolResult::success("paid")) });
        let model = ScriptedModel::replies([call("1", "pay", &json!({}))]);
        let tickets = TicketSystem::in_memory();
        let asked = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
        let tell = std::sync::Arc::clone(&asked);
        tickets.agent(ada(&model).tool(tool).approval(move |_request| {
            tell.add_permits(1);
            std::future::pending()
        }));
        let log = EventLog::of(&tickets);
        let pending = submit(&tickets, "ada");
        tickets.start();
        within(asked.acquire()).await.unwrap().forget();
        end.of(&tickets, pending.key()).await.unwrap();
        end.check(&tickets, pending, &log).await;
        assert!(tickets.approvals().is_empty(), "nobody is asked any more");
    }
}

#[tokio::test]
async fn a_ticket_that_has_ended_does_not_end_again() {
    for first in ENDS {
        for second in ENDS {
            let tickets = TicketSystem::in_memory();
            let log = EventLog::of(&tickets);
            let pending = submit(&tickets, "nobody");
            let key = *pending.key();
            first.of(&tickets, &key).await.unwrap();
            let error = second.of(&tickets, &key).await.unwrap_err();
            assert!(
                matches!(error, EndTicketError::Ended { status, .. } if status == first.status()),
                "{first:?} {second:?}: {error:?}"
            );
            let expected = format!("{key} is `{}` and cannot end again", first.status());
            assert_eq!(error.to_string(), expected);
            first.check(&tickets, pending, &log).await;
        }
    }
}

#[tokio::test]
async fn an_unknown_ticket_is_an_error() {
    let tickets = TicketSystem::in_memory();
    let key = TicketKey::from_number(3);
    for end in ENDS {
        let error = end.of(&tickets, &key).await.unwrap_err();
        assert!(
            matches!(error, EndTicketError::UnknownTicket { .. }),
            "{error:?}"
        );
        assert_eq!(error.to_string(), "there is no ticket TICKET-3");
    }
}

#[tokio::test]
async fn an_end_is_taken_at_the_call_also_when_nobody_awaits_it() {
    let tickets = TicketSystem::in_memory();
    let keys = [(); 3].map(|()| tickets.task("x"));
    drop(tickets.cancel_ticket(keys[0]));
    drop(tickets.fail(keys[1], "so"));
    drop(tickets.answer(keys[2], 1));
    let statuses = keys.map(|key| tickets.get(key).unwrap().status());
    assert_eq!(statuses, [Status::Cancelled, Status::Failed, Status::Done]);
}

#[tokio::test]
async fn whoever_awaits_a_ticket_that_nobody_serves_gets_its_answer() {
    let tickets = TicketSystem::in_memory();
    let stuck = StuckModel::default();
    tickets.agent(Agent::new().provider(stuck.clone()).model("m"));
    // Keeps the run from ending as stalled.
    tickets.task("busy");
    let pending = submit(&tickets, "person");
    let key = *pending.key();
    let awaited = tokio::spawn(pending.into_future());
    within(stuck.asked()).await;
    tickets.answer(key, "42").await.unwrap();
    assert_eq!(within(awaited).await.unwrap().unwrap(), "42");
    within(tickets.stop()).await;
}

#[tokio::test]
async fn an_answer_has_to_fit_the_schema() {
    let tickets = TicketSystem::in_memory();
    let schema = Schema::parse(json!({ "type": "integer", "minimum": 10 })).unwrap();
    let key = tickets.ticket(Ticket::new("How many?").schema(schema));
    for wrong in [json!("many"), json!(9), Value::Null] {
        let error = tickets.answer(key, wrong).await.unwrap_err();
        assert!(
            matches!(&error, EndTicketError::Result { violations, .. } if violations.len() == 1),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with("the answer to TICKET-1 does not fit its schema: ")
        );
        assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    }
    tickets.answer(key, 12).await.unwrap();
    assert_eq!(tickets.get(key).unwrap().result(), Some(&json!(12)));
    assert_eq!(tickets.all_results(), ["12"]);
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_an_error() {
    let tickets = TicketSystem::in_memory();
    let key = tickets.task("x");
    let no_json = HashMap::from([((1, 2), 3)]);
    let error = tickets.answer(key, no_json).await.unwrap_err();
    let expected = "the answer to TICKET-1 cannot be kept: key must be a string";
    assert_eq!(error.to_string(), expected);
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    let error = tickets.answer(key, deep).await.unwrap_err();
    assert!(matches!(error, EndTicketError::Invalid { .. }), "{error:?}");
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
}

#[tokio::test]
async fn the_end_of_one_ticket_leaves_what_it_led_to_alone() {
    let tickets = TicketSystem::in_memory();
    let parent = tickets.task("x");
    let child = tickets.ticket(Ticket::new("y").parent(parent));
    tickets.cancel_ticket(parent).await.unwrap();
    assert_eq!(tickets.get(child).unwrap().status(), Status::Todo);
}

#[tokio::test]
async fn an_end_survives_a_restart() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let keys = [(); 3].map(|()| tickets.task_labeled("x", "nobody"));
    for (end, key) in ENDS.into_iter().zip(&keys) {
        end.of(&tickets, key).await.unwrap();
    }
    within(tickets.close()).await;
    let tickets = TicketSystem::load(dir.path()).unwrap();
    for (end, key) in ENDS.into_iter().zip(&keys) {
        assert_eq!(tickets.get(key).unwrap().status(), end.status());
        let again = end.of(&tickets, key).await;
        assert!(
            matches!(again, Err(EndTicketError::Ended { .. })),
            "{again:?}"
        );
    }
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("42"));
}

#[tokio::test]
async fn a_closed_session_takes_no_end() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let key = tickets.task("x");
    within(tickets.close()).await;
    for end in ENDS {
        let error = end.of(&tickets, &key).await.unwrap_err();
        assert!(matches!(error, EndTicketError::Store { .. }), "{error:?}");
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ends_that_race_one_wins_and_one_is_told() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let model = ScriptedModel::from_fn(|_: &Request| Response::text("by the model"));
    tickets.agent(ada(&model));
    let log = EventLog::of(&tickets);
    tickets.start();
    for _ in 0..100 {
        let key = tickets.task("x");
        let racing = ENDS.map(|end| {
            let tickets = tickets.clone();
            tokio::spawn(async move { end.of(&tickets, &key).await })
        });
        let mut won = 0;
        for one in racing {
            match within(one).await.unwrap() {
                Ok(()) => won += 1,
                Err(EndTicketError::Ended { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(won <= 1);
    }
    within(tickets.finish()).await;
    for ticket in tickets.tickets() {
        let of_ticket = log.of_ticket(ticket.key());
        let ends: Vec<_> = of_ticket.iter().filter(|kind| kind.is_terminal()).collect();
        assert_eq!(ends.len(), 1, "{}: {ends:?}", ticket.status());
    }
}
