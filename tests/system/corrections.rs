//! Results with a schema, and what happens when one does not fit.

use agentwerk::chat::{Response, StopReason, ToolCall};
use agentwerk::event::{EventKind, FailureReason, PolicyKind};
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::WriteResultTool;
use agentwerk::{Agent, Status, Ticket, TicketSystem};
use agentwerk_tests::{EventLog, all_calls_are_answered, call, results, system, write_result};
use serde_json::{Value, json};

fn person() -> Schema {
    Schema::parse(json!({
        "type": "object",
        "properties": { "name": { "type": "string" }, "age": { "type": "integer" } },
        "required": ["name", "age"]
    }))
    .unwrap()
}

fn ada() -> Value {
    json!({ "name": "Ada", "age": 36 })
}

/// A reply that is wrong in two places.
fn wrong() -> Value {
    json!({ "name": 7, "age": "old" })
}

/// A system whose model replies so, and its one ticket with a schema.
fn asked(replies: impl IntoIterator<Item = Response>) -> (TicketSystem, ScriptedModel, EventLog) {
    let model = ScriptedModel::replies(replies);
    let tickets = system(model.clone());
    let log = EventLog::of(&tickets);
    tickets.ticket(Ticket::new("Who?").schema(person()));
    (tickets, model, log)
}

#[tokio::test]
async fn json_text_that_fits_the_schema_is_the_result() {
    let text = format!("\n {} \n", ada());
    let (tickets, _, log) = asked([Response::text(text)]);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
    assert_eq!(log.count("SchemaRetried"), 0);
}

#[tokio::test]
async fn json_text_that_was_cut_off_is_read_as_a_whole() {
    let cut = Response::text(r#"{ "name": "Ada", "#).stop_reason(StopReason::MaxTokens);
    let (tickets, ..) = asked([cut, Response::text(r#""age": 36 }"#)]);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
}

#[tokio::test]
async fn json_text_that_does_not_fit_is_corrected_with_all_violations_in_one_message() {
    let (tickets, model, log) = asked([
        Response::text(wrong().to_string()),
        Response::text(ada().to_string()),
    ]);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
    let told = model.requests()[1].last_text();
    assert!(told.contains("/name") && told.contains("/age"), "{told}");
    let retried = log.kinds().into_iter().find_map(|kind| match kind {
        EventKind::SchemaRetried {
            attempt,
            violations,
        } => Some((attempt, violations)),
        _ => None,
    });
    let (attempt, violations) = retried.unwrap();
    let mut pointers: Vec<_> = violations.into_iter().map(|each| each.pointer).collect();
    pointers.sort();
    assert_eq!(
        (attempt, pointers),
        (1, vec!["/age".to_owned(), "/name".to_owned()])
    );
}

#[tokio::test]
async fn prose_instead_of_a_result_is_pointed_to_the_tool() {
    let (tickets, model, _) = asked([Response::text("It is Ada."), write_result(&ada())]);
    assert!(tickets.finish().await.is_drained());
    assert!(model.requests()[1].last_text().contains("`write_result`"));
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
}

#[tokio::test]
async fn a_ticket_with_a_schema_brings_the_tool_with_the_schema_as_its_parameter() {
    let (tickets, model, _) = asked([write_result(&ada())]);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
    let tools = &model.requests()[0].tools;
    assert_eq!(tools.len(), 1);
    assert_eq!(tools[0].name, "write_result");
    assert_eq!(
        tools[0].schema["properties"]["result"],
        *person().document()
    );
}

#[tokio::test]
async fn without_a_schema_the_tool_is_there_only_when_it_was_registered() {
    let model = ScriptedModel::replies([write_result(&json!("by tool"))]);
    let plain = ScriptedModel::replies(["by text"]);
    let tickets = TicketSystem::in_memory();
    tickets.model("scripted");
    let writer = Agent::new().name("writer").provider(model.clone());
    tickets.agent(writer.tool(WriteResultTool));
    tickets.agent(Agent::new().name("talker").provider(plain.clone()));
    let written = tickets.task_labeled("?", "writer");
    let said = tickets.task_labeled("?", "talker");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(
        tickets.get(written).unwrap().result(),
        Some(&json!("by tool"))
    );
    assert_eq!(tickets.get(said).unwrap().result(), Some(&json!("by text")));
    assert_eq!(
        model.requests()[0].tools[0].schema["properties"]["result"]["type"],
        "string"
    );
    assert!(plain.requests()[0].tools.is_empty());
}

#[tokio::test]
async fn registering_the_tool_again_is_no_duplicate_for_a_ticket_with_a_schema() {
    let model = ScriptedModel::replies([write_result(&ada())]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(model.clone())
            .model("m")
            .tool(WriteResultTool),
    );
    tickets.ticket(Ticket::new("Who?").schema(person()));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(model.requests()[0].tools.len(), 1);
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
}

#[tokio::test]
async fn a_written_result_that_does_not_fit_is_answered_with_all_violations() {
    let (tickets, model, log) = asked([write_result(&wrong()), write_result(&ada())]);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
    let answers = results(model.requests()[1].messages.last().unwrap());
    assert_eq!(answers.len(), 1);
    assert!(answers[0].is_error);
    assert!(answers[0].content.contains("name") && answers[0].content.contains("age"));
    assert_eq!(
        (log.count("SchemaRetried"), log.count("ToolCallFailed")),
        (1, 1)
    );
}

#[tokio::test]
async fn arguments_that_are_no_json_are_told_and_never_become_an_empty_object() {
    let mut broken = call("1", "write_result", &json!({}));
    let agentwerk::chat::ContentBlock::ToolCall(each) = &mut broken.content[0] else {
        panic!("a call was made")
    };
    each.arguments = agentwerk::chat::ToolArguments::new(r#"{"result": {"na"#);
    let (tickets, model, _) = asked([broken, write_result(&ada())]);
    assert!(tickets.finish().await.is_drained());
    let answers = results(model.requests()[1].messages.last().unwrap());
    assert!(answers[0].content.contains("not valid JSON"), "{answers:?}");
    assert_eq!(tickets.tickets()[0].result(), Some(&ada()));
}

#[tokio::test]
async fn n_corrections_are_allowed_and_no_more() {
    for allowed in [0, 1, 3] {
        let model = ScriptedModel::from_fn(|_| wrong().to_string());
        let tickets = system(model.clone());
        tickets.max_schema_retries(allowed);
        let log = EventLog::of(&tickets);
        let key = tickets.ticket(Ticket::new("Who?").schema(person()));
        let other = tickets.task("Something else.");
        assert!(tickets.finish().await.is_drained(), "the run goes on");

        let ticket = tickets.get(key).unwrap();
        let failure = ticket.failure().unwrap();
        assert_eq!(failure.reason, FailureReason::SchemaRetriesExhausted);
        assert!(failure.message.contains("/age"), "{failure}");
        assert_eq!(tickets.get(other).unwrap().status(), Status::Done);
        assert_eq!(model.requests().len(), allowed as usize + 2);
        assert_eq!(log.count("SchemaRetried"), allowed as usize);
        let violated = log
            .events()
            .into_iter()
            .filter_map(|event| match event.kind {
                EventKind::PolicyViolated { kind } => Some((kind, event.ticket_key)),
                _ => None,
            });
        let violated = violated.collect::<Vec<_>>();
        assert_eq!(violated, [(PolicyKind::MaxSchemaRetries, Some(key))]);
    }
}

#[tokio::test]
async fn written_and_said_results_share_one_count_of_corrections() {
    let (tickets, model, _) = asked([
        write_result(&wrong()),
        Response::text(wrong().to_string()),
        write_result(&wrong()),
    ]);
    tickets.max_schema_retries(2);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(model.requests().len(), 3);
    let failure = tickets.tickets()[0].failure().cloned().unwrap();
    assert_eq!(failure.reason, FailureReason::SchemaRetriesExhausted);
}

#[tokio::test]
async fn the_corrections_of_one_ticket_do_not_count_for_the_next() {
    let model = ScriptedModel::from_fn(|request| match request.messages.len() {
        1 => write_result(&wrong()),
        _ => write_result(&ada()),
    });
    let tickets = system(model);
    tickets.max_schema_retries(1);
    for _ in 0..3 {
        tickets.ticket(Ticket::new("Who?").schema(person()));
    }
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.all_results().len(), 3);
}

#[tokio::test]
async fn without_corrections_the_first_wrong_or_missing_result_is_the_last() {
    let empty = Response::new(Vec::new(), StopReason::EndTurn);
    for reply in [write_result(&wrong()), Response::text("It is Ada."), empty] {
        let (tickets, model, log) = asked([reply]);
        tickets.max_schema_retries(0);
        assert!(tickets.finish().await.is_drained());
        let failure = tickets.tickets()[0].failure().cloned().unwrap();
        assert_eq!(failure.reason, FailureReason::SchemaRetriesExhausted);
        assert_eq!(model.requests().len(), 1);
        assert_eq!(
            (log.count("SchemaRetried"), log.count("PolicyViolated")),
            (0, 1)
        );
    }
}

#[tokio::test]
async fn asking_about_an_empty_reply_counts_as_a_correction() {
    let empty = Response::new(Vec::new(), StopReason::EndTurn);
    let (tickets, model, log) = asked([empty, write_result(&wrong())]);
    tickets.max_schema_retries(1);
    assert!(tickets.finish().await.is_drained());
    let failure = tickets.tickets()[0].failure().cloned().unwrap();
    assert_eq!(failure.reason, FailureReason::SchemaRetriesExhausted);
    assert_eq!((model.requests().len(), log.count("SchemaRetried")), (2, 1));
}

#[tokio::test]
async fn a_ticket_without_corrections_left_fails_with_all_its_calls_answered() {
    let calls = Response::tool_calls([
        ToolCall::new("1", "write_result", &json!({ "result": wrong() })),
        ToolCall::new("2", "write_result", &json!({ "result": ada() })),
    ]);
    let (tickets, _, log) = asked([calls]);
    tickets.max_schema_retries(0);
    assert!(tickets.finish().await.is_drained());
    let ticket = &tickets.tickets()[0];
    let failure = ticket.failure().unwrap();
    assert_eq!(failure.reason, FailureReason::SchemaRetriesExhausted);
    assert!(failure.message.contains("/name"), "{failure}");
    let transcript = ticket.transcript().unwrap();
    assert!(all_calls_are_answered(&transcript));
    assert!(
        results(transcript.last().unwrap())[1]
            .content
            .contains("did not run")
    );
    assert_eq!(log.count("ToolCallStarted"), 1);
}
