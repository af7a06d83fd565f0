//! The ticket queue in the hands of a model: reading, creating and editing.

use agentwerk::chat::{CallResult, Request, Response, ToolCall};
use agentwerk::event::EventKind;
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{IntoTools, ManageTicketsTool, ReadTicketsTool};
use agentwerk::{Agent, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, results, within};
use serde_json::{Value, json};

use crate::play::call_in;

const OWN: TicketKey = TicketKey::from_number(1);

/// A system whose `clerk` makes these calls one after the other, in its first ticket.
fn begin(
    tools: impl IntoTools,
    calls: impl IntoIterator<Item = (&'static str, Value)>,
) -> TicketSystem {
    let calls: Vec<_> = calls.into_iter().collect();
    let model = ScriptedModel::from_fn(move |request: &Request| {
        let turn = request.messages.len() / 2;
        match calls.get(turn) {
            Some((tool, arguments)) => {
                let id = format!("call-{turn}");
                Response::tool_calls([ToolCall::new(id, *tool, arguments)])
            }
            None => Response::text("The end."),
        }
    });
    let tickets = TicketSystem::in_memory();
    let clerk = Agent::new().name("clerk").label("clerk").tools(tools);
    tickets.agent(clerk.provider(model).model("scripted"));
    tickets.task_labeled("Mind the queue.", "clerk");
    tickets
}

/// What the clerk was told, call by call.
async fn play(tickets: &TicketSystem) -> Vec<CallResult> {
    within(tickets.finish()).await;
    let transcript = tickets.get(OWN).unwrap().transcript().unwrap();
    transcript.iter().flat_map(results).collect()
}

fn read(arguments: Value) -> (&'static str, Value) {
    ("read_tickets", arguments)
}

fn manage(arguments: Value) -> (&'static str, Value) {
    ("manage_tickets", arguments)
}

#[tokio::test]
async fn tickets_are_listed_newest_first_and_by_all_filters() {
    let tickets = begin(
        ReadTicketsTool,
        [
            read(json!({})),
            read(json!({ "label": "night" })),
            read(json!({ "status": "todo", "text": "THE MOON" })),
            read(json!({ "parent": "TICKET-2" })),
            read(json!({ "status": "failed" })),
        ],
    );
    let moon = tickets.task_labeled("Look at the moon.\nLong.", "night");
    tickets.ticket(
        Ticket::new("Look at the stars.")
            .label("night")
            .parent(moon),
    );
    let told = play(&tickets).await;
    let texts: Vec<_> = told.iter().map(|result| result.content.as_str()).collect();
    assert_eq!(
        texts,
        [
            "TICKET-3 [todo] labels: night parent: TICKET-2: Look at the stars.\n\
             TICKET-2 [todo] labels: night: Look at the moon.…\n\
             TICKET-1 [in_progress] labels: clerk agent: clerk: Mind the queue.\n",
            "TICKET-3 [todo] labels: night parent: TICKET-2: Look at the stars.\n\
             TICKET-2 [todo] labels: night: Look at the moon.…\n",
            "TICKET-2 [todo] labels: night: Look at the moon.…\n",
            "TICKET-3 [todo] labels: night parent: TICKET-2: Look at the stars.\n",
            "(there is no such ticket)\n",
        ]
    );
}

#[tokio::test]
async fn a_long_list_is_cut_and_says_how_to_go_on() {
    let tickets = begin(
        ReadTicketsTool,
        [
            read(json!({ "label": "x" })),
            read(json!({ "label": "x", "offset": 100 })),
            read(json!({ "label": "x", "offset": 500 })),
            read(json!({ "label": "x", "limit": 2 })),
        ],
    );
    for number in 0..120 {
        tickets.task_labeled(format!("number {number}"), "x");
    }
    let told = play(&tickets).await;
    assert_eq!(told[0].content.lines().count(), 51);
    assert!(
        told[0]
            .content
            .ends_with("(tickets 1 to 50 of 120; go on with `offset`: 50)\n")
    );
    assert_eq!(told[1].content.lines().count(), 20);
    assert_eq!(told[2].content, "(there are only 120 such tickets)\n");
    assert_eq!(told[3].content.lines().count(), 3);
}

#[tokio::test]
async fn one_ticket_is_shown_whole() {
    let calls = [
        read(json!({ "key": "TICKET-2" })),
        read(json!({ "key": "TICKET-99" })),
        read(json!({ "key": "the second" })),
    ];
    let tickets = begin(ReadTicketsTool, calls);
    let schema = Schema::parse(json!({ "type": "integer" })).unwrap();
    tickets.ticket(Ticket::new("Count.\n1, 2, 3").label("count").schema(schema));
    let told = play(&tickets).await;
    assert_eq!(
        told[0].content,
        "TICKET-2 [todo]\nlabels: count\nschema of the result: {\"type\":\"integer\"}\n\n\
         # Task\nCount.\n1, 2, 3\n"
    );
    assert!(told[1].is_error && told[1].content.contains("There is no ticket TICKET-99"));
    assert!(
        told[2].is_error && told[2].content.contains("as in `TICKET-3`"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_created_ticket_is_a_child_that_the_agent_reported() {
    let create = json!({
        "action": "create", "task": "Look it up.", "labels": ["books"],
        "schema": { "type": "integer" }
    });
    let tickets = begin(ManageTicketsTool, [manage(create)]);
    let told = play(&tickets).await;
    assert_eq!(told[0].content, "TICKET-2 is created.");
    let created = tickets.get(TicketKey::from_number(2)).unwrap();
    assert_eq!(created.task(), "Look it up.");
    assert_eq!(created.labels(), ["books"]);
    assert_eq!(created.parent_key(), Some(OWN));
    assert_eq!(created.reporter(), &"clerk");
    assert!(created.schema().is_some());
}

#[tokio::test]
async fn an_own_open_ticket_is_edited() {
    let calls = [
        manage(json!({ "action": "create", "task": "Old.", "labels": ["day"] })),
        manage(json!({ "action": "edit", "key": "TICKET-2", "task": "New.", "labels": ["night"] })),
        manage(json!({ "action": "read", "key": "TICKET-2" })),
        manage(json!({ "action": "list", "label": "night" })),
    ];
    let tickets = begin(ManageTicketsTool, calls);
    let log = EventLog::of(&tickets);
    // Whoever serves the new label gets the ticket.
    let owl = Agent::new().name("owl").label("night");
    let model = ScriptedModel::from_fn(|request: &Request| request.last_text());
    tickets.agent(owl.provider(model).model("scripted").context(" "));
    let told = play(&tickets).await;
    assert_eq!(told[1].content, "TICKET-2 is changed.");
    assert!(told[2].content.contains("# Task\nNew.\n"), "{told:?}");
    assert!(told[3].content.starts_with("TICKET-2 ["), "{told:?}");
    let edited = tickets.get(TicketKey::from_number(2)).unwrap();
    assert_eq!(edited.status(), Status::Done);
    assert_eq!(edited.assignee().unwrap(), &"owl");
    assert!(edited.result_string().unwrap().contains("New."));
    let edits = log.of_ticket(edited.key());
    assert!(
        edits
            .iter()
            .any(|kind| matches!(kind, EventKind::TicketEdited { .. }))
    );
}

#[tokio::test]
async fn what_an_agent_may_not_edit_stays_as_it_is() {
    let edit = |key: &str| manage(json!({ "action": "edit", "key": key, "task": "Mine." }));
    let tickets = begin(
        ManageTicketsTool,
        [edit("TICKET-1"), edit("TICKET-2"), edit("TICKET-7")],
    );
    tickets.task_labeled("Somebody else's.", "other");
    let told = play(&tickets).await;
    for (result, hint) in told.iter().zip([
        "only its reporter",
        "only its reporter",
        "no ticket TICKET-7",
    ]) {
        assert!(
            result.is_error && result.content.contains(hint),
            "{result:?}"
        );
    }
    assert_eq!(tickets.get(OWN).unwrap().task(), "Mind the queue.");
    let other = tickets.get(TicketKey::from_number(2)).unwrap();
    assert_eq!(other.task(), "Somebody else's.");
}

#[tokio::test]
async fn an_own_ticket_that_somebody_has_begun_or_finished_is_not_edited() {
    let calls = [
        manage(json!({ "action": "create", "task": "Quick.", "labels": ["quick"] })),
        ("wait", json!({})),
        manage(json!({ "action": "edit", "key": "TICKET-2", "task": "Slow." })),
    ];
    // Waits until the other ticket is finished.
    let wait =
        agentwerk::tools::Tool::new("wait", "Waits.").handler(|_input, context| async move {
            let key = TicketKey::from_number(2);
            while context.desk().unwrap().read(&key).unwrap().status() != Status::Done {
                tokio::task::yield_now().await;
            }
            Ok(agentwerk::tools::ToolResult::success("done"))
        });
    let tickets = begin((ManageTicketsTool, wait), calls);
    let quick = Agent::new().name("quick").label("quick");
    let model = ScriptedModel::from_fn(|_| "there");
    tickets.agent(quick.provider(model).model("scripted"));
    let told = play(&tickets).await;
    assert!(
        told[2].is_error && told[2].content.contains("`done`"),
        "{told:?}"
    );
    assert_eq!(
        tickets.get(TicketKey::from_number(2)).unwrap().task(),
        "Quick."
    );
}

#[tokio::test]
async fn bad_arguments_are_told_with_what_to_do() {
    let calls = [
        (json!({ "action": "create" }), "`task` is missing"),
        (
            json!({ "action": "create", "task": " " }),
            "`task` is missing or empty",
        ),
        (
            json!({ "action": "create", "task": "x", "labels": [""] }),
            "A label is empty",
        ),
        (
            json!({ "action": "create", "task": "x", "schema": { "type": 7 } }),
            "`schema` is no JSON schema",
        ),
        (json!({ "action": "edit", "task": "x" }), "`key` is missing"),
        (
            json!({ "action": "edit", "key": "TICKET-1" }),
            "Nothing is to be changed",
        ),
        (json!({ "action": "read" }), "`key` is missing"),
        (json!({ "action": "close" }), "/action"),
    ];
    let tickets = begin(
        ManageTicketsTool,
        calls.iter().map(|(call, _)| manage(call.clone())),
    );
    let told = play(&tickets).await;
    for (result, (call, hint)) in told.iter().zip(&calls) {
        assert!(
            result.is_error && result.content.contains(hint),
            "{call}: {result:?}"
        );
    }
    assert_eq!(tickets.tickets().len(), 1);
}

#[tokio::test]
async fn the_work_on_one_ticket_opens_so_many_others_and_no_more() {
    let create = || manage(json!({ "action": "create", "task": "One more.", "labels": ["x"] }));
    let tickets = begin(ManageTicketsTool, (0..4).map(|_| create()));
    tickets.max_children(3);
    let told = play(&tickets).await;
    assert_eq!(tickets.tickets().len(), 4);
    assert!(
        told[3].is_error && told[3].content.contains("may open 3"),
        "{told:?}"
    );
}

#[tokio::test]
async fn without_a_queue_there_is_nothing_to_read() {
    for refused in [
        call_in(".", ReadTicketsTool, json!({})).await,
        call_in(".", ManageTicketsTool, json!({ "action": "list" })).await,
    ] {
        assert!(refused.unwrap_err().contains("no ticket queue"));
    }
}
