//! Tools that do all that tools do.

use std::sync::Arc;
use std::time::Duration;

use agentwerk::Ticket;
use agentwerk::event::ApprovalDecision;
use agentwerk::tools::{
    Tool, ToolContext, ToolError, ToolResult, WriteHandoverTool, WriteResultTool,
};
use agentwerk::{Agent, Status};
use serde_json::{Value, json};

use super::ON_PURPOSE;
use super::model::{HANG, wait};
use super::watch::{Doing, Watch};

/// What a model may ask for; the agents have most of it.
pub(super) const NAMES: [&str; 19] = [
    "look",
    "look",
    "look",
    "act",
    "act",
    "fail",
    "panic",
    "hurry",
    "hang",
    "open",
    "remark",
    "pay",
    "peek",
    "alone",
    "abort",
    "pass_on",
    "unheard_of",
    "write_result",
    "write_handover",
];

/// What a tool does beside waiting.
#[derive(Clone, Copy, Debug)]
enum Does {
    Nothing,
    Fail,
    Panic,
    Hang,
    Open,
    Remark,
    PassOn,
    Abort,
}

/// Gives an agent its tools.
pub(super) fn give(agent: Agent, watch: &Arc<Watch>, has_result: bool) -> Agent {
    let quick = watch.pace.span(100);
    let agent = agent
        .tool(tool(watch, "look", Does::Nothing, Doing::Reading, |t| t))
        .tool(tool(watch, "act", Does::Nothing, Doing::Changing, |t| t))
        .tool(tool(watch, "fail", Does::Fail, Doing::Reading, |t| t))
        .tool(tool(watch, "panic", Does::Panic, Doing::Changing, |t| t))
        .tool(tool(watch, "hurry", Does::Nothing, Doing::Changing, |t| {
            t.timeout(quick)
        }))
        .tool(tool(watch, "hang", Does::Hang, Doing::Changing, |t| t))
        .tool(tool(watch, "open", Does::Open, Doing::Changing, |t| t))
        .tool(tool(watch, "remark", Does::Remark, Doing::Changing, |t| t))
        .tool(tool(watch, "pay", Does::Nothing, Doing::Changing, |t| {
            t.requires_approval()
        }))
        .tool(tool(watch, "peek", Does::Nothing, Doing::Reading, |t| {
            t.requires_approval()
        }))
        .tool(tool(watch, "alone", Does::Nothing, Doing::Changing, |t| {
            t.exclusive(true)
        }))
        .tool(tool(watch, "abort", Does::Abort, Doing::Changing, |t| t))
        .tool(tool(watch, "pass_on", Does::PassOn, Doing::Changing, |t| t))
        .tool(WriteHandoverTool);
    if has_result {
        agent.tool(WriteResultTool)
    } else {
        agent
    }
}

fn tool(
    watch: &Arc<Watch>,
    name: &'static str,
    does: Does,
    doing: Doing,
    set: impl FnOnce(agentwerk::tools::ToolBuilder) -> agentwerk::tools::ToolBuilder,
) -> Tool {
    let needs_leave = matches!(name, "pay" | "peek");
    let builder = Tool::new(name, "Does something.")
        .schema(json!({
            "type": "object",
            "properties": { "number": { "type": "integer" } },
            "required": ["number"]
        }))
        .read_only(doing == Doing::Reading);
    let watch = Arc::clone(watch);
    set(builder).handler(move |input, context| {
        let watch = Arc::clone(&watch);
        async move {
            let task = context.ticket().map(|ticket| ticket.task.clone());
            let task = task
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let _busy = watch.begin(&task, doing);
            check_call(&watch, &task, &context, doing, needs_leave);
            let mut rng = watch.chance(&task);
            wait(&watch, &mut rng).await;
            context.progress("half of it");
            let number = input["number"].as_u64().unwrap_or_default();
            act(does, &watch, &context, number).await
        }
    })
}

/// The laws of a call that begins.
fn check_call(watch: &Watch, task: &str, context: &ToolContext, doing: Doing, needs_leave: bool) {
    let id = context.call_id().as_str();
    if doing == Doing::Changing && id.starts_with("once-") {
        watch.begin_once(task, id);
    }
    let (Some(desk), Some(brief)) = (context.desk(), context.ticket()) else {
        return watch.violate(format!("a tool of {task} has no desk"));
    };
    let Some(ticket) = desk.read(&brief.key) else {
        return watch.violate(format!("the ticket of {task} is not there"));
    };
    if ticket.status() != Status::InProgress {
        watch.violate(format!(
            "{id} of {task} began while the ticket is {}",
            ticket.status()
        ));
    }
    let has_leave = ticket.approvals().iter().any(|one| {
        one.request.call_id.as_str() == id && one.decision == Some(ApprovalDecision::Approve)
    });
    if needs_leave && !has_leave {
        watch.violate(format!("{id} of {task} began without leave"));
    }
}

async fn act(
    does: Does,
    watch: &Watch,
    context: &ToolContext,
    number: u64,
) -> Result<ToolResult, ToolError> {
    let desk = context.desk().ok_or("no desk")?;
    match does {
        Does::Nothing => {}
        Does::Fail => return Err(ToolError::retry("Try something else.")),
        Does::Panic => std::panic::panic_any(ON_PURPOSE),
        Does::Hang => tokio::time::sleep(watch.pace.span(HANG)).await,
        Does::Open => {
            let label = ["red", "green", "blue"][number as usize % 3];
            let ticket = Ticket::new(watch.next_task()).label(label);
            let ticket = ticket
                .deadline(Duration::from_secs(60 * 60))
                .priority(number as i32);
            desk.submit(ticket).await?;
        }
        Does::Remark => {
            let tickets = desk.tickets();
            let chosen = &tickets[number as usize * 7 % tickets.len()];
            desk.comment(&chosen.key(), format!("Comment {number}."))
                .await?;
        }
        Does::PassOn => {
            desk.hand_over(json!({ "ok": true }), Ticket::new(watch.next_task()))
                .await?;
        }
        Does::Abort => return Err(ToolError::abort("It makes no sense.")),
    }
    Ok(ToolResult::success(number))
}
