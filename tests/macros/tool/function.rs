use agentwerk::tools::{Tool, ToolContext, ToolError};
use agentwerk::{TicketResult, tool};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

use super::call;

/// Finds entries.
/// Newest first.
///
///     find --all
#[tool(read_only, timeout = "20s")]
async fn find_entries(
    /// What to look for.
    #[schemars(length(min = 2))]
    query: String,
    context: &ToolContext,
    /// How many
    /// at most.
    #[serde(default)]
    mut limit: u32,
    #[serde(rename = "labels")] tags: Option<Vec<String>>,
) -> Result<Vec<String>, ToolError> {
    if query.is_empty() {
        return Err(ToolError::retry("Give a `query`."));
    }
    limit = limit.max(1);
    let tags = tags.unwrap_or_default().join("+");
    let dir = context.dir().display();
    Ok((0..limit)
        .map(|n| format!("{query} {tags} {dir} {n}"))
        .collect())
}

#[tokio::test]
async fn a_function_becomes_a_tool() {
    let tool = Tool::typed(FindEntries);
    let args = json!({ "query": "ab", "limit": 2, "labels": ["x", "y"] });
    let entries = json!(["ab x+y /base 0", "ab x+y /base 1"]);
    assert_eq!(call(&tool, args).await.unwrap(), entries);

    let error = call(&tool, json!({ "query": "" })).await.unwrap_err();
    assert_eq!(error.to_string(), "Give a `query`.");
}

#[tokio::test]
async fn the_function_stays_a_function() {
    let context = ToolContext::new("/base");
    let entries = find_entries("ab".to_owned(), &context, 1, None).await;
    assert_eq!(entries.unwrap(), ["ab  /base 0"]);
}

#[test]
fn the_specification_says_what_the_function_does() {
    let tool = Tool::typed(FindEntries);
    let spec = tool.spec();
    assert_eq!(spec.name, "find_entries");
    let description = "Finds entries.\nNewest first.\n\n    find --all";
    assert_eq!(spec.description, description);
    assert!(spec.read_only);
    assert_eq!(spec.timeout, Some(Duration::from_secs(20)));
    let schema = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "query": {
                "type": "string",
                "description": "What to look for.",
                "minLength": 2
            },
            "limit": {
                "type": "integer",
                "format": "uint32",
                "minimum": 0,
                "description": "How many\nat most.",
                "default": 0
            },
            "labels": { "type": ["array", "null"], "items": { "type": "string" } }
        },
        "required": ["query"]
    });
    assert_eq!(*spec.schema, schema);
    // Equality of objects does not look at the order of their keys.
    let names: Vec<_> = spec.schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(names, ["query", "limit", "labels"]);
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_refused() {
    let tool = Tool::typed(FindEntries);
    let error = call(&tool, json!({ "query": "ab", "lmit": 2 })).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "unknown field `lmit`, expected one of `query`, `limit`, `labels`"
    );
    let error = call(&tool, json!("ab")).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "invalid type: string \"ab\", expected an object with the arguments of `find_entries`"
    );
}

#[doc = concat!("Says", " hello.")]
///
#[doc = include_str!("../greeting.md")]
#[tool(name = "say-hello")]
async fn greet() -> &'static str {
    "hello"
}

#[tokio::test]
async fn docs_may_come_from_elsewhere() {
    let tool = Tool::typed(Greet);
    assert_eq!(tool.spec().name, "say-hello");
    assert_eq!(
        tool.spec().description,
        "Says hello.\n\nUse it once:\n\n- at the start"
    );
    let schema = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    assert_eq!(*tool.spec().schema, schema);
    assert_eq!(call(&tool, json!({})).await.unwrap(), json!("hello"));
}

/// When something happened.
#[derive(Serialize, Deserialize, TicketResult)]
struct Period {
    /// The first year.
    from: u16,
    to: Option<u16>,
}

/// A place to search in.
#[derive(Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "snake_case")]
enum Place {
    Archive,
    Web,
}

type Answer<T> = Result<T, std::num::ParseIntError>;

/// Counts events.
#[tool]
async fn count_events(
    #[serde(flatten)] period: Period,
    places: Vec<Place>,
    add: String,
) -> Answer<usize> {
    let years = period.to.unwrap_or(period.from) - period.from;
    Ok(usize::from(years) * places.len() + add.parse::<usize>()?)
}

#[tokio::test]
async fn types_of_the_program_are_arguments() {
    let tool = Tool::typed(CountEvents);
    let properties = &tool.spec().schema["properties"];
    assert_eq!(properties["from"]["description"], "The first year.");

    let args = json!({ "from": 1990, "to": 2000, "places": ["archive", "web"], "add": "1" });
    assert_eq!(call(&tool, args).await.unwrap(), json!(21));
    let args = json!({ "from": 1990, "places": [], "add": "one" });
    let error = call(&tool, args).await.unwrap_err();
    assert_eq!(error.to_string(), "invalid digit found in string");
}

mod seconds {
    use super::{Deserialize, Duration};
    use serde::Deserializer;

    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

/// Waits.
#[tool]
async fn wait(
    #[serde(deserialize_with = "seconds::read")]
    #[schemars(with = "u64")]
    time: Duration,
) -> String {
    format!("{time:?}")
}

#[tokio::test]
async fn an_argument_may_be_read_in_its_own_way() {
    let tool = Tool::typed(Wait);
    assert_eq!(tool.spec().schema["properties"]["time"]["type"], "integer");
    assert_eq!(
        call(&tool, json!({ "time": 90 })).await.unwrap(),
        json!("90s")
    );
}

/// Forgets everything.
#[cfg(not(test))]
#[tool]
async fn forget() {}

#[tool]
#[cfg(not(test))]
/// Forgets everything.
async fn forget() {}

/// Answers with nothing.
#[tool]
#[cfg(test)]
async fn rest(r#type: bool) {
    assert!(r#type);
}

#[tokio::test]
async fn a_tool_may_return_nothing_and_take_a_raw_name() {
    let tool = Tool::typed(Rest);
    assert_eq!(
        call(&tool, json!({ "type": true })).await.unwrap(),
        json!(null)
    );
}
