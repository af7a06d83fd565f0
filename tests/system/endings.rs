//! How a reply ends a ticket, by its stop reason.

use agentwerk::chat::{ContentBlock, Message, Response, Role, StopReason, ToolCall};
use agentwerk::event::{EventKind, FailureReason};
use agentwerk::providers::ProviderError;
use agentwerk::testing::{IntoScriptedReply, ScriptedModel};
use agentwerk::tools::{Tool, ToolError};
use agentwerk::{Agent, Status, Ticket, TicketSnapshot, TicketSystem};
use agentwerk_tests::{EventLog, all_calls_are_answered, call, echo, results, system};
use serde_json::json;

/// Works on one ticket, and checks what holds for every end of one.
async fn end_of(model: &ScriptedModel, ticket: Ticket) -> (TicketSnapshot, EventLog) {
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("scripted");
    tickets.agent(Agent::new().tool(echo()));
    let log = EventLog::of(&tickets);
    let key = tickets.ticket(ticket);
    let outcome = tickets.finish().await;
    assert!(outcome.is_drained(), "{outcome:?}");
    let terminal: Vec<_> = log
        .kinds()
        .into_iter()
        .filter(EventKind::is_terminal)
        .collect();
    assert_eq!(terminal.len(), 1, "{terminal:?}");
    let ticket = tickets.get(key).unwrap();
    match &terminal[0] {
        EventKind::TicketDone { key } => {
            assert_eq!((*key, ticket.status()), (ticket.key(), Status::Done));
        }
        EventKind::TicketFailed { key, failure } => {
            assert_eq!((*key, ticket.status()), (ticket.key(), Status::Failed));
            assert_eq!(Some(failure), ticket.failure());
        }
        other => panic!("{other:?} ends no ticket"),
    }
    (ticket, log)
}

fn replies<R: IntoScriptedReply>(replies: impl IntoIterator<Item = R>) -> ScriptedModel {
    ScriptedModel::replies(replies)
}

fn stopped(text: &str, reason: StopReason) -> Response {
    Response::text(text).stop_reason(reason)
}

fn reason(ticket: &TicketSnapshot) -> FailureReason {
    ticket.failure().unwrap().reason
}

#[tokio::test]
async fn text_at_the_end_of_a_turn_is_the_result() {
    let model = replies(["Four."]);
    let (ticket, _) = end_of(&model, Ticket::new("What is 2 + 2?")).await;
    assert_eq!(ticket.result(), Some(&json!("Four.")));
    assert_eq!(ticket.transcript().unwrap().len(), 2);
    assert_eq!(ticket.transcript().unwrap()[1], Message::assistant("Four."));
}

#[tokio::test]
async fn a_stop_sequence_ends_a_turn_as_well() {
    let model = replies([stopped("Four.", StopReason::StopSequence)]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Four."));
}

#[tokio::test]
async fn text_that_looks_like_json_stays_text_without_a_schema() {
    let model = replies(["[1, 2]"]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result(), Some(&json!("[1, 2]")));
}

#[tokio::test]
async fn an_empty_reply_is_asked_about_once() {
    let empty = Response::new(Vec::new(), StopReason::EndTurn);
    let model = replies([empty, Response::text("Four.")]);
    let (ticket, log) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Four."));
    assert_eq!(log.count("SchemaRetried"), 1);
    let second = &model.requests()[1].messages;
    assert_eq!(second.last().unwrap().role(), Role::User);
    assert!(second.iter().all(|message| !message.content().is_empty()));
}

#[tokio::test]
async fn a_second_empty_reply_fails_the_ticket() {
    let empty = || Response::new(Vec::new(), StopReason::EndTurn);
    let model = replies([empty(), empty()]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::Empty);
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn a_reply_of_white_space_is_empty_and_is_never_sent_back() {
    let model = replies(["", " \n", "never asked for"]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::Empty);
    let second = &model.requests()[1].messages;
    assert!(
        second.iter().all(|each| each.role() == Role::User),
        "{second:?}"
    );
}

#[tokio::test]
async fn an_empty_reply_after_progress_is_asked_about_again() {
    let empty = || Response::new(Vec::new(), StopReason::EndTurn);
    let echoed = call("1", "echo", &json!({ "text": "x" }));
    let model = replies([empty(), echoed, empty(), Response::text("Four.")]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Four."));
}

#[tokio::test]
async fn a_reply_that_was_cut_off_is_joined_with_its_rest() {
    let cut = stopped("Two and two ", StopReason::MaxTokens);
    let model = replies([cut, Response::text("are four.")]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(
        ticket.result_string().as_deref(),
        Some("Two and two are four.")
    );
    let second = &model.requests()[1].messages;
    assert_eq!(second[1], Message::assistant("Two and two "));
    assert_eq!(second[2].role(), Role::User);
}

#[tokio::test]
async fn a_reply_that_is_cut_off_twice_fails_as_truncated() {
    let cut = || stopped("and ", StopReason::MaxTokens);
    let model = replies([cut(), cut()]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::Truncated);
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn text_before_a_tool_call_is_no_part_of_a_later_result() {
    let cut = || stopped("I will look that up, ", StopReason::MaxTokens);
    let echoed = call("1", "echo", &json!({ "text": "x" }));
    let model = replies([cut(), echoed, Response::text("Four.")]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Four."));
}

#[tokio::test]
async fn a_paused_turn_is_sent_again_as_it_is() {
    let pause = stopped("Searching …", StopReason::Pause);
    let model = replies([pause, Response::text("Found.")]);
    let (ticket, log) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Found."));
    let requests = model.requests();
    assert_eq!(
        requests[1].messages.last(),
        Some(&Message::assistant("Searching …"))
    );
    assert_eq!(requests[1].messages.len(), requests[0].messages.len() + 1);
    assert_eq!(log.count("SchemaRetried"), 0);
}

#[tokio::test]
async fn a_turn_that_is_paused_without_end_fails_the_ticket() {
    let model = ScriptedModel::from_fn(|_| stopped("Searching …", StopReason::Pause));
    let (ticket, log) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::RequestFailed);
    assert_eq!(model.requests().len(), 21);
    assert_eq!(log.count("RequestFailed"), 1);
}

#[tokio::test]
async fn a_refusal_fails_the_ticket_and_is_not_retried() {
    let model = replies([stopped("I cannot help with that.", StopReason::Refusal)]);
    let (ticket, log) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::Refused);
    assert!(ticket.failure().unwrap().message.contains("I cannot help"));
    assert_eq!(
        (model.requests().len(), log.count("RequestRetried")),
        (1, 0)
    );
}

#[tokio::test]
async fn a_conversation_that_does_not_fit_the_window_fails() {
    let model = replies([Response::new(Vec::new(), StopReason::ContextOverflow)]);
    let (ticket, log) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::RequestFailed);
    assert_eq!(log.count("RequestFailed"), 1);

    let model = replies([ProviderError::ContextOverflow {
        endpoint: "api.example".to_owned(),
        message: "too long".to_owned(),
    }]);
    let (ticket, log) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::RequestFailed);
    assert_eq!(
        (log.count("RequestFailed"), log.count("RequestRetried")),
        (1, 0)
    );
}

#[tokio::test]
async fn an_unknown_stop_reason_fails_and_is_named() {
    let model = replies([stopped(
        "Four.",
        StopReason::Other("solar_flare".to_owned()),
    )]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::RequestFailed);
    assert!(ticket.failure().unwrap().message.contains("solar_flare"));
}

#[tokio::test]
async fn tool_calls_are_run_whatever_the_stop_reason_says() {
    for stop_reason in [
        StopReason::EndTurn,
        StopReason::StopSequence,
        StopReason::MaxTokens,
        StopReason::Pause,
        StopReason::Refusal,
        StopReason::ContextOverflow,
        StopReason::Other("x".into()),
    ] {
        let echoed = call("1", "echo", &json!({ "text": "heard" })).stop_reason(stop_reason);
        let model = replies([echoed, Response::text("Four.")]);
        let (ticket, log) = end_of(&model, Ticket::new("?")).await;
        assert_eq!(ticket.result_string().as_deref(), Some("Four."));
        assert_eq!(log.count("ToolCallFinished"), 1);
        let answers = results(model.requests()[1].messages.last().unwrap());
        assert_eq!(answers[0].content, "heard");
    }
}

#[tokio::test]
async fn announced_tool_calls_that_do_not_come_are_asked_for_once() {
    let none = || stopped("Let me look.", StopReason::ToolCalls);
    let model = replies([none(), Response::text("Four.")]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Four."));

    let model = replies([none(), none()]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(reason(&ticket), FailureReason::Empty);
}

#[tokio::test]
async fn a_provider_that_panics_fails_the_ticket_and_the_agent_goes_on() {
    let model = ScriptedModel::from_fn(|request| {
        assert!(
            !request.last_text().ends_with("boom"),
            "the model is broken"
        );
        "fine"
    });
    let tickets = system(model);
    let log = EventLog::of(&tickets);
    let broken = tickets.task("boom");
    let fine = tickets.task("quiet");
    assert!(tickets.finish().await.is_drained());
    let failure = tickets.get(broken).unwrap().failure().cloned().unwrap();
    assert_eq!(failure.reason, FailureReason::Panicked);
    assert!(failure.message.contains("the model is broken"), "{failure}");
    assert_eq!(tickets.get(fine).unwrap().status(), Status::Done);
    assert_eq!((log.count("TicketFailed"), log.count("TicketDone")), (1, 1));
}

#[tokio::test]
async fn in_one_turn_a_finishing_call_runs_last_and_calls_behind_it_do_not_run() {
    let calls = Response::tool_calls([
        ToolCall::new("1", "echo", &json!({ "text": "before" })),
        ToolCall::new("2", "write_result", &json!({ "result": 4 })),
        ToolCall::new("3", "echo", &json!({ "text": "behind" })),
    ]);
    let model = replies([calls]);
    let schema = agentwerk::schemas::Schema::parse(json!({ "type": "integer" })).unwrap();
    let (ticket, log) = end_of(&model, Ticket::new("?").schema(schema)).await;
    assert_eq!(ticket.result(), Some(&json!(4)));
    assert_eq!(log.count("ToolCallStarted"), 2);
    let answers = results(ticket.transcript().unwrap().last().unwrap());
    let errors: Vec<_> = answers.iter().map(|answer| answer.is_error).collect();
    assert_eq!(errors, [false, false, true]);
    assert!(answers[2].content.contains("did not run"));
}

#[tokio::test]
async fn a_failure_is_readable_for_a_program() {
    let model = replies([stopped("No.", StopReason::Refusal)]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    let failure = serde_json::to_value(ticket.failure().unwrap()).unwrap();
    assert_eq!(failure["reason"], "refused");
}

#[tokio::test]
async fn thoughts_alone_are_no_reply() {
    let thoughts = ContentBlock::Thinking(agentwerk::chat::Thinking {
        origin: "scripted".to_owned(),
        body: agentwerk::chat::ThinkingBody::Redacted {
            data: "…".to_owned(),
        },
    });
    let silent = Response::new(vec![thoughts], StopReason::EndTurn);
    let model = replies([silent, Response::text("Four.")]);
    let (ticket, _) = end_of(&model, Ticket::new("?")).await;
    assert_eq!(ticket.result_string().as_deref(), Some("Four."));
}

#[tokio::test]
async fn a_tool_that_aborts_fails_the_ticket_with_all_calls_answered() {
    let abort = Tool::new("abort", "Gives up.")
        .handler(|_input, _context| async { Err(ToolError::abort("The disk is gone.")) });
    let calls = Response::tool_calls([
        ToolCall::new("1", "abort", &json!({})),
        ToolCall::new("2", "abort", &json!({})),
    ]);
    let tickets = TicketSystem::in_memory();
    let model = replies([calls]);
    tickets.agent(
        Agent::new()
            .provider(model)
            .model("m")
            .tool(abort)
            .task("x"),
    );
    let log = EventLog::of(&tickets);
    assert!(tickets.finish().await.is_drained());
    let ticket = &tickets.tickets()[0];
    assert_eq!(reason(ticket), FailureReason::ToolAborted);
    assert!(
        ticket
            .failure()
            .unwrap()
            .message
            .contains("The disk is gone.")
    );
    assert!(all_calls_are_answered(&ticket.transcript().unwrap()));
    assert_eq!(
        (log.count("TicketFailed"), log.count("ToolCallStarted")),
        (1, 1)
    );
}

#[tokio::test]
async fn a_tool_that_panics_or_is_not_there_is_told_to_the_model() {
    let broken = Tool::new("broken", "Panics.")
        .handler(|_input, _context| async { panic!("the tool is broken") });
    let calls = Response::tool_calls([
        ToolCall::new("1", "broken", &json!({})),
        ToolCall::new("2", "brokem", &json!({})),
        ToolCall::new("3", "echo", &json!({ "text": 7 })),
    ]);
    let tickets = TicketSystem::in_memory();
    let model = replies([calls, Response::text("Four.")]);
    let agent = Agent::new().provider(model.clone()).model("m");
    tickets.agent(agent.tool(broken).tool(echo()).task("x"));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("Four."));
    let answers = results(model.requests()[1].messages.last().unwrap());
    let told = ["the tool is broken", "`broken`", "/text"];
    assert_eq!(answers.len(), told.len());
    for (answer, told) in answers.iter().zip(told) {
        assert!(
            answer.is_error && answer.content.contains(told),
            "{}",
            answer.content
        );
    }
}
