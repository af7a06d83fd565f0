//! Conversations without tickets.

use std::error::Error;

use agentwerk::agent::RunAgentErrorKind;
use agentwerk::chat::{Message, Request, Response, StopReason, Usage};
use agentwerk::event::FailureReason;
use agentwerk::providers::ProviderError;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::{Agent, RunError};
use agentwerk_tests::{
    DropCount, EventLog, StuckModel, all_calls_are_answered, call, echo, within,
};
use futures_util::FutureExt;
use serde_json::json;
use tokio_util::sync::CancellationToken;

fn usage(input: u64, output: u64) -> Usage {
    Usage {
        input_tokens: input,
        output_tokens: output,
        ..Usage::default()
    }
}

#[tokio::test]
async fn the_reply_holds_the_new_messages_alone() {
    let model = ScriptedModel::replies(["Hello!", "Again!"]);
    let agent = Agent::new()
        .role("You greet.")
        .context("unused")
        .provider(model.clone())
        .model("m");
    let mut history = vec![Message::user("Hi.")];
    let reply = within(agent.run(history.clone())).await.unwrap();
    assert_eq!(reply.messages(), [Message::assistant("Hello!")]);
    assert_eq!(
        (reply.text(), reply.stop_reason()),
        ("Hello!", &StopReason::EndTurn)
    );
    history.extend(reply.into_messages());
    history.push(Message::user("Once more."));
    assert_eq!(
        within(agent.run(history.clone())).await.unwrap().text(),
        "Again!"
    );
    let requests = model.requests();
    assert_eq!(requests[0].messages, [Message::user("Hi.")]);
    assert_eq!(requests[1].messages, history);
    assert_eq!(requests[1].system.as_deref(), Some("You greet."));
}

#[tokio::test]
async fn tools_are_called_and_the_usage_is_summed() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "echo", &json!({ "text": "x" })).usage(usage(10, 1)),
        _ => Response::text("done").usage(usage(20, 2)),
    });
    let agent = Agent::new().provider(model.clone()).model("m").tool(echo());
    let reply = within(agent.run(vec![Message::user("Go.")])).await.unwrap();
    assert_eq!(reply.usage(), usage(30, 3));
    assert_eq!(reply.messages().len(), 3);
    assert_eq!(reply.messages()[2], Message::assistant("done"));
    assert!(all_calls_are_answered(reply.messages()));
    assert_eq!(model.requests()[1].tools[0].name, "echo");
}

#[tokio::test]
async fn the_reason_to_stop_is_told() {
    let stopped = Response::text("x").stop_reason(StopReason::StopSequence);
    let agent = Agent::new()
        .provider(ScriptedModel::replies([stopped]))
        .model("m");
    let reply = within(agent.run(vec![Message::user("Go.")])).await.unwrap();
    assert_eq!(reply.stop_reason(), &StopReason::StopSequence);
}

#[tokio::test]
async fn a_cancel_keeps_what_came_about_before() {
    let called = CancellationToken::new();
    let dropped = DropCount::default();
    let (tell, count) = (called.clone(), dropped.clone());
    let endless = agentwerk::tools::Tool::new("endless", "Never ends.");
    let endless = endless.handler(move |_input, _context| {
        let (tell, guard) = (tell.clone(), count.guard());
        async move {
            let _guard = guard;
            tell.cancel();
            std::future::pending().await
        }
    });
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "echo", &json!({ "text": "x" })),
        _ => call("2", "endless", &json!({})),
    });
    let agent = Agent::new()
        .provider(model)
        .model("m")
        .tool(echo())
        .tool(endless);
    let token = CancellationToken::new();
    let running = agent.run(vec![Message::user("Go.")]).cancel(token.clone());
    let running = tokio::spawn(running.into_future());
    within(called.cancelled()).await;
    token.cancel();
    let error = within(running).await.unwrap().unwrap_err();
    assert!(
        matches!(error.kind(), RunAgentErrorKind::Cancelled),
        "{error:?}"
    );
    assert_eq!(dropped.get(), 1);
    let messages = error.into_messages();
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[2].tool_calls().count(), 1);
}

#[tokio::test]
async fn a_cancelled_token_sends_nothing() {
    let stuck = StuckModel::default();
    let token = CancellationToken::new();
    token.cancel();
    let agent = Agent::new().provider(stuck).model("m");
    let error = within(agent.run(vec![Message::user("Go.")]).cancel(token))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), RunAgentErrorKind::Cancelled));
    assert!(error.into_messages().is_empty());
}

#[tokio::test]
async fn dropping_the_future_drops_the_request() {
    let stuck = StuckModel::default();
    let agent = Agent::new().provider(stuck.clone()).model("m");
    let running = tokio::spawn(agent.run(vec![Message::user("Go.")]).into_future());
    within(stuck.asked()).await;
    running.abort();
    assert!(running.await.is_err());
    assert_eq!(stuck.dropped(), 1);
}

#[tokio::test]
async fn a_failure_keeps_what_came_about_before() {
    let model = ScriptedModel::from_fn(|request: &Request| -> ScriptedReply {
        match request.messages.len() {
            1 => Ok(call("1", "echo", &json!({ "text": "x" }))),
            _ => Err(ProviderError::terminal("the modem is asleep")),
        }
    });
    let agent = Agent::new().provider(model).model("m").tool(echo());
    let error = within(agent.run(vec![Message::user("Go.")]))
        .await
        .unwrap_err();
    let RunAgentErrorKind::Failed(failure) = error.kind() else {
        panic!("{error:?}")
    };
    assert_eq!(failure.reason, FailureReason::RequestFailed);
    assert!(error.to_string().contains("the modem is asleep"));
    let messages = error.into_messages();
    assert_eq!(messages.len(), 2);
    assert!(all_calls_are_answered(&messages));
}

#[tokio::test]
async fn a_wrong_configuration_is_an_error() {
    let no_provider = Agent::new().model("m").run(vec![Message::user("Go.")]);
    let error = within(no_provider).await.unwrap_err();
    let kind = error.kind();
    assert!(matches!(
        kind,
        RunAgentErrorKind::Configuration(RunError::NoProvider { .. })
    ));
    let no_model = Agent::new().provider(StuckModel::default()).run(Vec::new());
    let error = within(no_model).await.unwrap_err();
    assert!(matches!(
        error.kind(),
        RunAgentErrorKind::Configuration(RunError::NoModel { .. })
    ));
    assert!(error.into_messages().is_empty());
}

#[tokio::test]
async fn an_error_gives_its_cause() {
    let agent = Agent::new().provider(StuckModel::default()).model("m");
    let run = agent.dir("/nowhere/at/all").run(Vec::new());
    let error = within(run).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "open the directory `/nowhere/at/all` of agent `agent`"
    );
    assert!(error.source().is_some());
}

#[test]
fn outside_of_a_runtime_a_conversation_is_an_error() {
    let agent = Agent::new().provider(StuckModel::default()).model("m");
    let run = agent.run(vec![Message::user("Go.")]).into_future();
    let error = run.now_or_never().unwrap().unwrap_err();
    assert!(matches!(
        error.kind(),
        RunAgentErrorKind::Configuration(RunError::NoRuntime)
    ));
}

#[tokio::test]
async fn the_agents_handlers_hear_of_it_before_it_returns() {
    let log = EventLog::default();
    let listener = log.clone();
    let agent = Agent::new()
        .name("ada")
        .provider(ScriptedModel::replies(["done"]))
        .model("m");
    let agent = agent.on_event(move |event| listener.push(event));
    within(agent.run(vec![Message::user("Go.")])).await.unwrap();
    let expected = [
        "TurnStarted",
        "RequestStarted",
        "TextChunkReceived",
        "RequestFinished",
    ];
    assert_eq!(log.names(), expected);
    let sequence: Vec<_> = log.events().iter().map(|event| event.sequence).collect();
    assert_eq!(sequence, [1, 2, 3, 4]);
    assert!(log.events().iter().all(|event| event.agent_name == "ada"));
}

#[tokio::test]
async fn an_agent_can_hold_many_conversations_at_once() {
    let model = ScriptedModel::from_fn(|request: &Request| request.last_text());
    let agent = Agent::new().provider(model).model("m");
    let runs = (0..50).map(|n| agent.run(vec![Message::user(n.to_string())]).into_future());
    let replies = within(futures_util::future::join_all(runs)).await;
    for (n, reply) in replies.into_iter().enumerate() {
        assert_eq!(reply.unwrap().text(), n.to_string());
    }
}

#[tokio::test]
async fn a_conversation_that_was_broken_off_in_a_call_can_go_on() {
    let model = ScriptedModel::from_fn(|_| "done");
    let agent = Agent::new().provider(model.clone()).model("m").tool(echo());
    let open = call("1", "echo", &json!({ "text": "x" })).into_message();
    let history = vec![Message::user("Go."), open];
    let reply = within(agent.run(history.clone())).await.unwrap();
    assert!(all_calls_are_answered(&model.requests()[0].messages));
    let whole: Vec<_> = history.into_iter().chain(reply.into_messages()).collect();
    assert!(all_calls_are_answered(&whole));
}
