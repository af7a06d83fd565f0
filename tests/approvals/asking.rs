//! The handler of an agent.

use std::sync::Arc;

use agentwerk::event::{ApprovalDecision, ApprovalRequest, EventKind};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::ToolContext;
use agentwerk::tools::{Approval, Tool, TypedTool};
use agentwerk::{Agent, Status, TicketSystem, tool};
use agentwerk_tests::{EventLog, within};
use serde_json::json;
use tokio::sync::{Notify, mpsc};

use super::{Calls, FIRST, begin, call, model, told, transcript};

#[tokio::test]
async fn an_approved_call_runs_once_with_the_arguments_that_were_shown() {
    let calls = Calls::default();
    let (asked, mut requests) = mpsc::unbounded_channel();
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(move |request: ApprovalRequest| {
            asked.send(request).unwrap();
            async { ApprovalDecision::Approve }
        });
    let model = model([call("1", "pay", &json!({ "amount": 7 }))]);
    let tickets = begin(agent, &model);
    let log = EventLog::of(&tickets);
    assert!(within(tickets.finish()).await.is_drained());

    let request = requests.recv().await.unwrap();
    assert_eq!(request.ticket, Some(FIRST));
    assert_eq!(request.agent.as_str(), "worker");
    assert_eq!(request.tool, "pay");
    assert_eq!(request.arguments.parse().unwrap(), json!({ "amount": 7 }));
    assert!(requests.try_recv().is_err(), "it was asked once");
    assert_eq!(calls.all(), [json!({ "amount": 7 })]);
    assert_eq!(told(&tickets)[0].content, "ran");
    assert_eq!(model.requests().len(), 2, "waiting costs no request");

    let approvals = log.of_ticket(FIRST).into_iter().filter(|kind| {
        matches!(
            kind,
            EventKind::ApprovalRequested { .. }
                | EventKind::ApprovalResolved { .. }
                | EventKind::ToolCallStarted { .. }
        )
    });
    let [
        EventKind::ApprovalRequested { request: first },
        EventKind::ApprovalResolved { decision, .. },
        EventKind::ToolCallStarted { .. },
    ] = &approvals.collect::<Vec<_>>()[..]
    else {
        panic!("{:?}", log.names());
    };
    assert_eq!(*first, request);
    assert_eq!(*decision, ApprovalDecision::Approve);
    let ticket = tickets.get(FIRST).unwrap();
    assert!(ticket.approvals()[0].is_used);
}

/// The digest is that of the text, as FIPS 180-4 computes it (`printf '{}' | sha256sum`).
#[test]
fn the_digest_is_the_sha_256_of_the_arguments() {
    let digest = call("1", "pay", &json!({})).arguments.digest();
    assert_eq!(
        digest,
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
}

#[tokio::test]
async fn an_agent_works_on_other_tickets_while_one_waits() {
    let calls = Calls::default();
    let go = Arc::new(Notify::new());
    let released = Arc::clone(&go);
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(move |_request| {
            let go = Arc::clone(&go);
            async move {
                go.notified().await;
                ApprovalDecision::Approve
            }
        });
    let model = ScriptedModel::from_fn(move |request| match request.last_text() {
        text if text.contains("Begin.") => {
            agentwerk::chat::Response::tool_calls([call("1", "pay", &json!({}))])
        }
        _ => agentwerk::chat::Response::text("The end."),
    });
    let tickets = begin(agent, &model);
    let other: agentwerk::Pending<String> =
        tickets.submit(agentwerk::Ticket::new("Another one.").returns());
    // The only agent is not kept by the ticket that waits.
    assert_eq!(within(other).await.unwrap(), "The end.");
    assert_eq!(tickets.get(FIRST).unwrap().status(), Status::Waiting);
    released.notify_one();
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(calls.all().len(), 1);
}

/// Pays.
#[tool(approval = for_much)]
async fn pay(amount: u32) -> String {
    format!("paid {amount}")
}

fn for_much(amount: &u32, _context: &ToolContext) -> Approval {
    assert!(*amount != 13, "nobody knows about 13");
    Approval::needed_if(*amount > 10)
}

fn denying() -> Agent {
    Agent::new()
        .tool(Pay)
        .approval(|_request| async { ApprovalDecision::Deny("too much".to_owned()) })
}

#[tokio::test]
async fn a_tool_says_which_calls_need_leave() {
    let model = model([
        call("1", "pay", &json!({ "amount": 5 })),
        call("2", "pay", &json!({ "amount": 50 })),
    ]);
    let tickets = begin(denying(), &model);
    assert!(within(tickets.finish()).await.is_drained());
    let told = told(&tickets);
    assert_eq!(told[0].content, "paid 5");
    assert!(
        told[1].is_error && told[1].content.contains("too much"),
        "{told:?}"
    );
    assert_eq!(tickets.get(FIRST).unwrap().approvals().len(), 1);
}

#[tokio::test]
async fn a_tool_that_cannot_say_that_no_leave_is_needed_needs_it() {
    let model = model([call("1", "pay", &json!({ "amount": 13 }))]);
    let tickets = begin(denying(), &model);
    assert!(within(tickets.finish()).await.is_drained());
    assert!(told(&tickets)[0].content.contains("too much"));
}

#[tokio::test]
async fn nobody_is_asked_about_a_call_that_is_refused_anyway() {
    let model = model([
        call("1", "pay", &json!({ "amount": "much" })),
        call("2", "spend", &json!({})),
    ]);
    let tickets = begin(denying(), &model);
    assert!(within(tickets.finish()).await.is_drained());
    assert!(told(&tickets)[0].content.contains("/amount"));
    assert!(tickets.get(FIRST).unwrap().approvals().is_empty());
}

#[tokio::test]
async fn the_tools_of_a_type_take_part() {
    struct Careful;
    impl TypedTool for Careful {
        type Args = serde_json::Value;
        type Output = String;
        fn spec(&self) -> agentwerk::tools::ToolSpec {
            agentwerk::tools::ToolSpec::new("careful", "Asks.")
                .approval(agentwerk::tools::ApprovalRule::PerCall)
        }
        async fn call(&self, _args: serde_json::Value, _context: &ToolContext) -> String {
            "ran".to_owned()
        }
    }
    let agent = Agent::new()
        .tool(Tool::typed(Careful))
        .approval(|_request| async { ApprovalDecision::Approve });
    let tickets = begin(agent, &model([call("1", "careful", &json!({}))]));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(told(&tickets)[0].content, "ran");
    assert_eq!(tickets.get(FIRST).unwrap().approvals().len(), 1);
}

#[tokio::test]
async fn a_handler_that_comes_later_is_asked_about_what_waits() {
    let calls = Calls::default();
    let first = begin(
        Agent::new().tool(calls.tool("pay")),
        &model([call("1", "pay", &json!({}))]),
    );
    let outcome = within(first.finish()).await;
    assert_eq!(
        outcome.to_string(),
        agentwerk::event::RunOutcome::Waiting(vec![FIRST]).to_string()
    );
    // Another agent of the same name, as after a restart, and this one has a handler.
    assert_eq!(first.get(FIRST).unwrap().status(), Status::Waiting);
    assert_eq!(transcript(&first).len(), 2, "no call has a result yet");
    drop(first);

    let dir = tempfile::TempDir::new().unwrap();
    let begun = TicketSystem::new();
    begun.dir(dir.path());
    let model = model([call("1", "pay", &json!({}))]);
    let agent = Agent::new().name("worker").tool(calls.tool("pay"));
    begun.agent(agent.clone().provider(model.clone()).model("scripted"));
    begun.task("Begin.");
    within(begun.finish()).await;
    within(begun.close()).await;

    let loaded = TicketSystem::load(dir.path()).unwrap();
    loaded.start();
    let agent = agent.approval(|_request| async { ApprovalDecision::Approve });
    loaded.agent(agent.provider(model.clone()).model("scripted"));
    assert!(within(loaded.finish()).await.is_drained());
    assert_eq!(calls.all().len(), 1);
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn a_vendor_may_name_the_calls_of_two_turns_alike() {
    let calls = Calls::default();
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(|_request| async { ApprovalDecision::Approve });
    let model = ScriptedModel::from_fn(|request| match request.messages.len() {
        1 | 3 => agentwerk::chat::Response::tool_calls([call("1", "pay", &json!({}))]),
        _ => agentwerk::chat::Response::text("The end."),
    });
    let tickets = begin(agent, &model);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(calls.all().len(), 2);
    let ticket = tickets.get(FIRST).unwrap();
    assert_eq!(ticket.approvals().len(), 2, "each call was asked for");
}
