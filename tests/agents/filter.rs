//! Tickets that are looked for.

use std::sync::LazyLock;

use agentwerk::chat::{Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::ManageTicketsTool;
use agentwerk::{Status, Ticket, TicketFilter, TicketKey, TicketSystem};
use agentwerk_tests::{call, within};
use serde_json::json;

use crate::ada;

const TICKETS: u64 = 20_000;

static QUEUE: LazyLock<TicketSystem> = LazyLock::new(queue);

/// Many tickets, of which nobody does any: those of every third number are by night, of every fifth
/// by day as well, and each hundredth leads to the ten behind it.
fn queue() -> TicketSystem {
    let tickets = TicketSystem::in_memory();
    for number in 1..=TICKETS {
        let mut ticket = Ticket::new(format!("Ticket No. {number} of the Queue"));
        if number % 3 == 0 {
            ticket = ticket.label("night");
        }
        if number % 5 == 0 {
            ticket = ticket.label("day");
        }
        if number > 100 && (1..=10).contains(&(number % 100)) {
            ticket = ticket.parent(TicketKey::from_number(number / 100 * 100));
        }
        let key = tickets.ticket(ticket);
        assert_eq!(key.number(), number);
    }
    tickets
}

fn numbers(tickets: &TicketSystem, filter: TicketFilter) -> Vec<u64> {
    let found = tickets.find(filter);
    found.iter().map(|ticket| ticket.key().number()).collect()
}

fn all(fits: impl Fn(u64) -> bool) -> Vec<u64> {
    (1..=TICKETS).filter(|number| fits(*number)).collect()
}

#[test]
fn without_conditions_all_are_found_the_oldest_first() {
    let tickets = &*QUEUE;
    assert_eq!(numbers(tickets, TicketFilter::new()), all(|_| true));
    let none: [String; 0] = [];
    let empty = TicketFilter::new().labels(none).statuses([]).text("");
    assert_eq!(numbers(tickets, empty), all(|_| true));
}

#[test]
fn of_several_labels_a_ticket_carries_one() {
    let tickets = &*QUEUE;
    let by_night = TicketFilter::new().label("night");
    assert_eq!(numbers(tickets, by_night.clone()), all(|n| n % 3 == 0));
    let either = all(|n| n % 3 == 0 || n % 5 == 0);
    assert_eq!(numbers(tickets, by_night.label("day")), either);
    let labels = TicketFilter::new().labels(["day", "night", "dusk"]);
    assert_eq!(numbers(tickets, labels), either);
    assert!(tickets.find(TicketFilter::new().label("NIGHT")).is_empty());
}

#[test]
fn a_parent_has_its_children() {
    let tickets = &*QUEUE;
    let parent = TicketKey::from_number(700);
    let children: Vec<_> = (701..=710).collect();
    assert_eq!(
        numbers(tickets, TicketFilter::new().parent(parent)),
        children
    );
    let childless = TicketKey::from_number(701);
    assert!(
        tickets
            .find(TicketFilter::new().parent(childless))
            .is_empty()
    );
}

#[test]
fn a_text_is_found_in_upper_and_lower_case() {
    let tickets = &*QUEUE;
    let text = TicketFilter::new().text("tickET no. 1234");
    assert_eq!(
        numbers(tickets, text),
        all(|n| n.to_string().starts_with("1234"))
    );
    assert!(tickets.find(TicketFilter::new().text("No.  1")).is_empty());

    let tickets = TicketSystem::in_memory();
    tickets.task("ÄRGER");
    tickets.task(json!({ "city": "Lyon" }));
    assert_eq!(numbers(&tickets, TicketFilter::new().text("ärger")), [1]);
    let text = TicketFilter::new().text(r#""city":"lyon""#);
    assert_eq!(numbers(&tickets, text), [2], "as a model reads it");
}

#[test]
fn order_and_limit_choose_the_first_or_the_last() {
    let tickets = &*QUEUE;
    let by_night = TicketFilter::new().label("night");
    assert_eq!(numbers(tickets, by_night.clone().limit(3)), [3, 6, 9]);
    let newest = by_night.clone().newest_first();
    assert_eq!(
        numbers(tickets, newest.clone().limit(3)),
        [19_998, 19_995, 19_992]
    );
    let mut reversed = all(|n| n % 3 == 0);
    reversed.reverse();
    assert_eq!(numbers(tickets, newest), reversed);
    assert!(tickets.find(by_night.clone().limit(0)).is_empty());
    assert_eq!(
        tickets.find(by_night.limit(usize::MAX)).len(),
        reversed.len()
    );
}

#[test]
fn every_condition_has_to_hold() {
    let tickets = &*QUEUE;
    let parent = TicketKey::from_number(600);
    let filter = TicketFilter::new()
        .parent(parent)
        .label("night")
        .status(Status::Todo)
        .text("60")
        .reporter("")
        .newest_first()
        .limit(2);
    assert_eq!(numbers(tickets, filter.clone()), [609, 606]);
    assert!(tickets.find(filter.clone().text("61")).is_empty());
    assert!(tickets.find(filter.clone().assignee("ada")).is_empty());
    assert!(tickets.find(filter.clone().reporter("ada")).is_empty());
    assert!(
        tickets
            .find(filter.parent(TicketKey::from_number(1)))
            .is_empty()
    );
}

/// A queue in which `ada` has done her own ticket and one that she opened; one failed, one was
/// cancelled, and one is open.
async fn worked() -> TicketSystem {
    let model = ScriptedModel::from_fn(|request: &Request| {
        let said = request.last_text();
        match said.as_str() {
            "Open another." => {
                let create = json!({ "action": "create", "task": "Another.", "labels": ["ada"] });
                call("1", "manage_tickets", &create)
            }
            _ => Response::text("It is in LYON."),
        }
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).tool(ManageTicketsTool));
    tickets.task("Open another.");
    let failed = tickets.task_labeled("Fail.", "nobody");
    let cancelled = tickets.task_labeled("Cancel.", "nobody");
    tickets.task_labeled("Wait.", "nobody");
    tickets.fail(failed, "for the test").await.unwrap();
    tickets.cancel_ticket(cancelled).await.unwrap();
    within(tickets.finish()).await;
    tickets
}

#[tokio::test]
async fn statuses_agents_and_results_are_found() {
    let tickets = worked().await;
    let by = TicketFilter::new;
    assert_eq!(numbers(&tickets, by().status(Status::Done)), [1, 5]);
    assert_eq!(numbers(&tickets, by().status(Status::Failed)), [2]);
    assert_eq!(numbers(&tickets, by().status(Status::Cancelled)), [3]);
    assert_eq!(numbers(&tickets, by().status(Status::Todo)), [4]);
    let ended = [Status::Done, Status::Failed, Status::Cancelled];
    assert_eq!(numbers(&tickets, by().statuses(ended)), [1, 2, 3, 5]);
    let several = by().status(Status::Todo).status(Status::Failed);
    assert_eq!(numbers(&tickets, several), [2, 4]);
    assert_eq!(numbers(&tickets, by().assignee("ada")), [1, 5]);
    assert!(tickets.find(by().assignee("")).is_empty());
    assert_eq!(numbers(&tickets, by().reporter("ada")), [5]);
    assert_eq!(numbers(&tickets, by().reporter("")), [1, 2, 3, 4]);
    assert_eq!(
        numbers(&tickets, by().parent(TicketKey::from_number(1))),
        [5]
    );
    assert_eq!(
        numbers(&tickets, by().text("lyon")),
        [1, 5],
        "in the result"
    );
    assert_eq!(
        numbers(&tickets, by().text("another")),
        [1, 5],
        "in the task"
    );
    assert_eq!(numbers(&tickets, by().text("lyon").reporter("ada")), [5]);
}

#[tokio::test]
async fn a_filter_tells_of_a_single_ticket_as_well() {
    let tickets = worked().await;
    let done = TicketFilter::new()
        .status(Status::Done)
        .limit(0)
        .newest_first();
    let matching = tickets
        .tickets()
        .iter()
        .filter(|one| done.matches(one))
        .count();
    assert_eq!(matching, 2, "order and limit are no conditions");
}
