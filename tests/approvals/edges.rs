//! Where leave could be lost, or count for another call than the one that it was given for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use agentwerk::chat::{Request, Response};
use agentwerk::event::{ApprovalDecision, EventKind};
use agentwerk::knowledge::KnowledgePage;
use agentwerk::schemas::Schema;
use agentwerk::store::MemoryStore;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{
    Approval, ApprovalRule, IntoTool, KnowledgeTool, Tool, ToolContext, ToolResult, ToolSearchTool,
    ToolSpec, TypedTool, WriteHandoverTool, WriteResultTool,
};
use agentwerk::{Agent, Clock, Knowledge, ResolveApprovalError, Ticket, TicketSystem};
use agentwerk_tests::{EventLog, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Calls, FIRST, begin, call, model};

fn denying() -> Agent {
    Agent::new().approval(|_| async { ApprovalDecision::Deny("never".to_owned()) })
}

fn approving() -> Agent {
    Agent::new().approval(|_| async { ApprovalDecision::Approve })
}

#[tokio::test]
async fn a_tool_that_ends_the_ticket_needs_leave_with_a_schema_too() {
    let arguments = json!({ "result": "x", "to": "bob", "task": "next" });
    for (tool, own) in [
        (WriteResultTool.into_tool(), json!({ "result": "x" })),
        (WriteHandoverTool.into_tool(), arguments),
    ] {
        let name = tool.spec().name.clone();
        let model = ScriptedModel::from_fn(move |request: &Request| match request.messages.len() {
            1 => Response::tool_calls([call("1", &name, &own)]),
            _ => Response::text("\"in words\""),
        });
        let tickets = TicketSystem::in_memory();
        let agent = denying().tool(tool.requires_approval());
        tickets.agent(agent.provider(model).model("scripted"));
        let schema = Schema::parse(json!({ "type": "string" })).unwrap();
        tickets.ticket(Ticket::new("Begin.").schema(schema));
        assert!(within(tickets.finish()).await.is_drained());
        let ticket = tickets.get(FIRST).unwrap();
        assert_eq!(ticket.approvals().len(), 1);
        assert_eq!(tickets.last_result().as_deref(), Some("in words"));
    }
}

/// A tool whose need of leave changes.
struct Switch {
    needed: Arc<AtomicBool>,
    calls: Calls,
}

impl TypedTool for Switch {
    type Args = Value;
    type Output = String;

    fn spec(&self) -> ToolSpec {
        let spec = ToolSpec::new("pay", "Pays.").schema(json!({ "type": "object" }));
        spec.approval(ApprovalRule::PerCall)
    }

    fn approval(&self, _args: &Value, _context: &ToolContext) -> Approval {
        Approval::needed_if(self.needed.load(Ordering::SeqCst))
    }

    async fn call(&self, args: Value, _context: &ToolContext) -> String {
        self.calls.0.lock().unwrap().push(args);
        "ran".to_owned()
    }
}

#[tokio::test]
async fn a_denied_call_does_not_run_when_its_tool_no_longer_needs_leave() {
    let (needed, calls) = (Arc::new(AtomicBool::new(true)), Calls::default());
    let tool = Switch {
        needed: Arc::clone(&needed),
        calls: calls.clone(),
    };
    let model = model([call("1", "pay", &json!({}))]);
    let tickets = begin(Agent::new().tool(tool), &model);
    within(tickets.finish()).await;
    let [request] = tickets.approvals().try_into().unwrap();
    let denied = ApprovalDecision::Deny("never".to_owned());
    within(tickets.resolve_approval(&request, denied))
        .await
        .unwrap();
    needed.store(false, Ordering::SeqCst);
    assert!(within(tickets.finish()).await.is_drained());
    assert!(calls.all().is_empty());
}

#[tokio::test]
async fn an_answer_to_an_earlier_request_is_no_leave_for_the_same_call_later() {
    let calls = Calls::default();
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 | 3 => Response::tool_calls([call("1", "pay", &json!({}))]),
        _ => Response::text("The end."),
    });
    let tickets = begin(Agent::new().tool(calls.tool("pay")), &model);
    within(tickets.finish()).await;
    let [request] = tickets.approvals().try_into().unwrap();
    let approve = || tickets.resolve_approval(&request, ApprovalDecision::Approve);
    within(approve()).await.unwrap();
    within(tickets.finish()).await;
    assert_eq!(calls.all().len(), 1);
    assert_eq!(tickets.approvals().len(), 1, "the second call asks anew");

    let again = within(approve()).await;
    assert!(matches!(again, Err(ResolveApprovalError::NotOpen { .. })));
    within(tickets.finish()).await;
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn of_two_equal_calls_each_has_its_own_answer() {
    let calls = Calls::default();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(move |request| {
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                match request.number {
                    1 => ApprovalDecision::Approve,
                    _ => ApprovalDecision::Deny("once is enough".to_owned()),
                }
            }
        });
    let twice = [call("1", "pay", &json!({})), call("1", "pay", &json!({}))];
    let tickets = begin(agent, &model(twice));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn within_a_ticket_the_prompt_stays_as_it_is_across_a_wait() {
    let dir = TempDir::new().unwrap();
    let store = Knowledge::load(dir.path()).unwrap();
    let writing = store.clone();
    let calls = Calls::default();
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .knowledge(&store)
        .approval(move |_| {
            let page = KnowledgePage::new("news", "Text.");
            writing.pages().save(&page).unwrap();
            async { ApprovalDecision::Approve }
        });
    let model = model([call("1", "pay", &json!({}))]);
    let tickets = begin(agent, &model);
    within(tickets.finish()).await;
    let [before, after] = model.requests().try_into().unwrap();
    assert_eq!(before.system, after.system);
    assert!(!store.index().is_empty());
}

#[tokio::test]
async fn what_comes_with_an_agent_may_need_leave() {
    let dir = TempDir::new().unwrap();
    let store = Knowledge::load(dir.path()).unwrap();
    let hidden = Tool::new("hidden", "Is searched for.").defer(true);
    let hidden = hidden.handler(|_, _| async { Ok(ToolResult::success("found")) });
    let agent = denying()
        .knowledge(&store)
        .tool(KnowledgeTool.into_tool().requires_approval())
        .tool(ToolSearchTool.into_tool().requires_approval())
        .tool(hidden);
    let calls = [
        call("1", "knowledge", &json!({ "action": "list" })),
        call("2", "tool_search", &json!({ "query": "hidden" })),
    ];
    let model = model(calls);
    let tickets = begin(agent, &model);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.get(FIRST).unwrap().approvals().len(), 2);
    let told: Vec<_> = model.requests()[1]
        .tools
        .iter()
        .map(|tool| tool.name.clone())
        .collect();
    assert!(
        !told.contains(&"hidden".to_owned()),
        "a denied search finds nothing: {told:?}"
    );
}

/// A tool that ends the ticket and must be alone in its turn.
struct Ship(Calls);

impl TypedTool for Ship {
    type Args = Value;
    type Output = String;

    fn spec(&self) -> ToolSpec {
        let spec = ToolSpec::new("ship", "Ships.").schema(json!({ "type": "object" }));
        let mut spec = spec.exclusive(true).approval(ApprovalRule::Always);
        spec.finishes = true;
        spec
    }

    async fn call(&self, args: Value, _context: &ToolContext) -> String {
        self.0.0.lock().unwrap().push(args);
        "shipped".to_owned()
    }
}

#[tokio::test]
async fn a_tool_that_must_be_alone_does_not_end_the_ticket_beside_others() {
    let calls = Calls::default();
    let look = Tool::new("look", "Looks.").handler(|_, _| async { Ok(ToolResult::success("x")) });
    let both = [call("1", "look", &json!({})), call("2", "ship", &json!({}))];
    let tickets = begin(denying().tools((Ship(calls.clone()), look)), &model(both));
    assert!(within(tickets.finish()).await.is_drained());
    assert!(calls.all().is_empty());
}

#[tokio::test]
async fn corrections_and_turns_are_counted_across_waits() {
    let calls = Calls::default();
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        length if length % 4 == 1 => Response::text("no JSON"),
        _ => Response::tool_calls([call("1", "pay", &json!({}))]),
    });
    let tickets = TicketSystem::in_memory();
    tickets.max_schema_retries(2);
    let agent = approving().tool(calls.tool("pay"));
    tickets.agent(agent.provider(model).model("scripted"));
    let schema = Schema::parse(json!({ "type": "object" })).unwrap();
    tickets.ticket(Ticket::new("Begin.").schema(schema));
    let log = EventLog::of(&tickets);
    within(tickets.finish()).await;
    assert_eq!(log.count("SchemaRetried"), 2);
    let kinds = log.kinds().into_iter();
    let turns = kinds.filter_map(|kind| match kind {
        EventKind::TurnStarted { turn } => Some(turn),
        _ => None,
    });
    assert_eq!(turns.collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn an_answer_by_another_system_on_the_store_ends_the_asking() {
    let store = Arc::new(MemoryStore::default());
    let asking = TicketSystem::with_store(Arc::clone(&store), Clock::system());
    let answering = TicketSystem::with_store(store, Clock::system());
    let calls = Calls::default();
    let (asked, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(move |request| {
            asked.send(request).unwrap();
            std::future::pending()
        });
    let model = model([call("1", "pay", &json!({}))]);
    asking.agent(agent.name("worker").provider(model).model("scripted"));
    asking.task("Begin.");
    let finishing = tokio::spawn(asking.finish());
    let request = within(requests.recv()).await.unwrap();
    let answered = answering.resolve_approval(&request, ApprovalDecision::Approve);
    within(answered).await.unwrap();
    assert!(within(finishing).await.unwrap().is_drained());
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn an_answer_is_told_before_what_follows_from_it() {
    let dir = TempDir::new().unwrap();
    let calls = Calls::default();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let log = EventLog::of(&tickets);
    let model = model([call("1", "pay", &json!({}))]);
    let agent = approving().tool(calls.tool("pay"));
    tickets.agent(agent.provider(model).model("scripted"));
    tickets.task("Begin.");
    assert!(within(tickets.finish()).await.is_drained());
    let names = log.names();
    let of_ticket: Vec<_> = names
        .iter()
        .filter(|name| name.starts_with("Approval") || *name == "TicketStarted")
        .collect();
    let expected = [
        "TicketStarted",
        "ApprovalRequested",
        "ApprovalResolved",
        "TicketStarted",
    ];
    assert_eq!(of_ticket, expected);
}
