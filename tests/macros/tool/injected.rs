use std::sync::atomic::{AtomicUsize, Ordering};

use agentwerk::event::{RunError, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{FromContext, IntoTool, State, ToolContext, ToolError};
use agentwerk::{Agent, TicketSystem, tool};
use serde_json::json;

use super::{call, call_in};

/// What the program has.
#[derive(Debug, Default)]
struct Archive {
    reads: AtomicUsize,
}

struct Prefix(&'static str);

/// Reads an entry.
#[tool(read_only)]
async fn read_entry(
    number: u32,
    archive: State<Archive>,
    context: &ToolContext,
    prefix: &State<Prefix>,
) -> String {
    archive.reads.fetch_add(1, Ordering::SeqCst);
    let (prefix, dir) = (prefix.0, context.dir().display());
    format!("{prefix}{number} of {dir}")
}

#[tokio::test]
async fn a_tool_takes_values_of_the_program() {
    let context = ToolContext::new("/base")
        .with_state(Archive::default())
        .with_state(Prefix("#"));
    let read = call_in(&context, ReadEntry, json!({ "number": 7 })).await;
    assert_eq!(read.unwrap(), "#7 of /base");
    let archive: State<Archive> = context.state().unwrap();
    assert_eq!(archive.reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_model_is_not_told_of_them() {
    let tool = ReadEntry.into_tool();
    let properties = tool.spec().schema["properties"].as_object().unwrap();
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["number"]);
    let names: Vec<_> = tool.states().iter().map(|state| state.name()).collect();
    assert!(names[0].ends_with("Archive"), "{names:?}");
    assert!(names[1].ends_with("Prefix"), "{names:?}");
}

#[tokio::test]
async fn the_function_can_be_called_with_them() {
    let (archive, prefix) = (State::new(Archive::default()), State::new(Prefix("#")));
    let entry = read_entry(7, archive, &ToolContext::new("/base"), &prefix).await;
    assert_eq!(entry, "#7 of /base");
}

#[tokio::test]
async fn a_call_without_a_state_ends_the_ticket() {
    let error = call(ReadEntry, json!({ "number": 7 })).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("nobody supplied the state `"), "{text}");
    assert!(text.ends_with("Archive`"), "{text}");
}

fn reader() -> Agent {
    let model = ScriptedModel::from_fn(|request| {
        use agentwerk::chat::{Response, ToolCall};
        match request.messages.len() {
            1 => {
                let call = ToolCall::new("1", "read_entry", &json!({ "number": 7 }));
                Response::tool_calls([call])
            }
            _ => Response::text(format!("{:?}", request.messages[2].content())),
        }
    });
    Agent::new()
        .name("reader")
        .provider(model)
        .model("any")
        .tool(ReadEntry)
}

#[tokio::test]
async fn a_run_without_a_state_does_not_begin() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(reader().state(Prefix("#")).task("Read."));
    let outcome = tickets.finish().await;
    let RunOutcome::Failed(RunError::MissingState { agent, tool, state }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((agent.as_str(), tool.as_str()), ("reader", "read_entry"));
    assert!(state.ends_with("Archive"), "{state}");
}

#[tokio::test]
async fn an_agents_own_state_counts_before_that_of_its_system() {
    let tickets = TicketSystem::in_memory();
    tickets.state(Archive::default()).state(Prefix("*"));
    tickets.agent(reader().state(Prefix("#")).task("Read."));
    assert!(tickets.finish().await.is_drained());
    let result = tickets.last_result().unwrap();
    assert!(result.contains("#7 of"), "{result}");
}

type Log = State<Archive>;

/// How often the archive was read, and by whom.
struct Count(usize);

impl FromContext<'_> for Count {
    fn from_context(context: &ToolContext) -> Result<Self, ToolError> {
        let archive: State<Archive> = context.state().ok_or("there is no archive")?;
        Ok(Self(archive.reads.load(Ordering::SeqCst)))
    }
}

/// Counts.
#[tool]
fn count_reads(#[cx] log: Log, #[cx] count: Count, #[cx] context: ToolContext) -> String {
    let now = log.reads.load(Ordering::SeqCst);
    format!("{now} {} {}", count.0, context.dir().display())
}

#[tokio::test]
async fn a_value_may_come_from_the_context_by_its_own_means() {
    let context = ToolContext::new("/base").with_state(Archive::default());
    let counted = call_in(&context, CountReads, json!({})).await;
    assert_eq!(counted.unwrap(), "0 0 /base");
    let tool = CountReads.into_tool();
    assert_eq!(tool.states().len(), 1);
    assert_eq!(tool.spec().schema["properties"], json!({}));
}
