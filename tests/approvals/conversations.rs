//! A conversation without tickets has nothing that could wait.

use agentwerk::Agent;
use agentwerk::chat::Message;
use agentwerk::event::ApprovalDecision;
use agentwerk_tests::{results, within};
use serde_json::json;

use super::{Calls, call, model};

fn agent(calls: &Calls) -> Agent {
    Agent::new()
        .tool(calls.tool("pay"))
        .provider(model([call("1", "pay", &json!({}))]))
        .model("scripted")
}

#[tokio::test]
async fn its_handler_is_asked() {
    let calls = Calls::default();
    let agent = agent(&calls).approval(|request| async move {
        assert_eq!(request.ticket, None);
        ApprovalDecision::Approve
    });
    let reply = within(agent.run(vec![Message::user("Go.")])).await.unwrap();
    assert_eq!(reply.text(), "The end.");
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn without_a_handler_the_call_is_denied() {
    let calls = Calls::default();
    let reply = within(agent(&calls).run(vec![Message::user("Go.")])).await;
    let reply = reply.unwrap();
    let told = results(&reply.messages()[1]);
    assert!(
        told[0].is_error && told[0].content.contains("nobody can be asked"),
        "{told:?}"
    );
    assert!(calls.all().is_empty());
}

#[tokio::test]
async fn a_cancel_ends_the_asking() {
    let calls = Calls::default();
    let cancel = agentwerk::CancellationToken::new();
    let cancelling = cancel.clone();
    let agent = agent(&calls).approval(move |_request| {
        cancelling.cancel();
        std::future::pending()
    });
    let run = agent.run(vec![Message::user("Go.")]).cancel(cancel);
    let error = within(run).await.unwrap_err();
    assert!(error.to_string().contains("cancelled"), "{error}");
    assert!(calls.all().is_empty());
}
