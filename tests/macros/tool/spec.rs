use std::time::Duration;

use agentwerk::tool;
use agentwerk::tools::{Approval, ApprovalRule, IntoTool, Json, Strict, ToolContext, ToolResult};
use serde::Serialize;
use serde_json::json;

fn for_many(
    to: &[String],
    text: &str,
    urgent: &bool,
    at: Option<&str>,
    _: &ToolContext,
) -> Approval {
    Approval::needed_if(to.len() > 1 || text.is_empty() || *urgent || at.is_some())
}

/// Sends a mail.
#[tool(
    name = "send-mail",
    struct = Mailer,
    exclusive,
    idempotent,
    approval = for_many,
    timeout = "1m",
    strict = true
)]
async fn mail(to: &[String], text: &str, urgent: bool, at: Option<&str>) -> String {
    format!("{to:?} {text} {urgent} {at:?}")
}

/// Deletes everything.
#[tool(approval, strict = false, crate = agentwerk)]
fn wipe() {}

#[test]
fn every_key_is_in_the_spec() {
    let mail = Mailer.into_tool();
    let spec = mail.spec();
    assert_eq!(spec.name, "send-mail");
    assert!(spec.exclusive && spec.idempotent && !spec.read_only);
    assert_eq!(spec.approval, ApprovalRule::PerCall);
    assert_eq!(spec.timeout, Some(Duration::from_secs(60)));
    assert_eq!(spec.strict, Strict::Required);

    let wipe = Wipe.into_tool();
    let spec = wipe.spec();
    assert!(!spec.exclusive && !spec.idempotent);
    assert_eq!(spec.approval, ApprovalRule::Always);
    assert_eq!((spec.timeout, spec.strict), (None, Strict::Off));
}

#[test]
fn approval_is_asked_of_the_function_with_the_arguments() {
    let context = ToolContext::new(".");
    let asked = |args| Mailer.into_tool().approval(&args, &context).unwrap();
    let harmless = json!({ "to": ["a"], "text": "b", "urgent": false });
    assert_eq!(asked(harmless), Approval::NotNeeded);
    let many = json!({ "to": ["a", "b"], "text": "b", "urgent": false });
    assert_eq!(asked(many), Approval::Needed);
    let timed = json!({ "to": ["a"], "text": "b", "urgent": false, "at": "noon" });
    assert_eq!(asked(timed), Approval::Needed);

    let always = Wipe.into_tool().approval(&json!({}), &context);
    assert_eq!(always.unwrap(), Approval::Needed);
    let wrong = Mailer.into_tool().approval(&json!({ "to": 1 }), &context);
    assert!(wrong.is_err());
}

/// What was found.
#[derive(Serialize, serde::Deserialize, agentwerk::TicketResult)]
struct Hit {
    /// The line.
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

type Found<T> = Result<T, std::fmt::Error>;

/// Finds.
#[tool]
async fn find() -> Found<Vec<Hit>> {
    Ok(Vec::new())
}

/// Finds one.
#[tool]
async fn find_one() -> Json<Hit> {
    Json(Hit {
        line: 1,
        text: None,
    })
}

/// Has no schema.
#[derive(Serialize)]
struct Bare {
    line: u32,
}

/// Finds something.
#[tool]
async fn find_bare() -> Result<Bare, std::fmt::Error> {
    Ok(Bare { line: 1 })
}

/// Finds anything.
#[tool]
async fn find_any() -> ToolResult {
    ToolResult::success(1)
}

/// Hides what it finds.
#[tool]
async fn find_hidden() -> Result<impl Serialize + Send, std::fmt::Error> {
    Ok(Bare { line: 1 })
}

#[test]
fn the_schema_of_the_output_is_known_where_the_type_has_one() {
    let found = Find.into_tool();
    let schema = found.spec().output.as_ref().unwrap();
    assert_eq!(schema["type"], "array");
    let hit = &schema["$defs"]["Hit"];
    assert_eq!(hit["properties"]["line"]["description"], "The line.");
    assert_eq!(hit["required"], json!(["line"]));

    let one = FindOne.into_tool();
    assert_eq!(one.spec().output.as_ref().unwrap()["title"], "Hit");
    assert_eq!(FindBare.into_tool().spec().output, None);
    assert_eq!(FindAny.into_tool().spec().output, None);
    assert_eq!(FindHidden.into_tool().spec().output, None);
    assert_eq!(
        Wipe.into_tool().spec().output.as_ref().unwrap()["type"],
        "null"
    );
}

/// Says the first word.
#[tool]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// Trims.
#[tool]
async fn trim(text: &str) -> std::borrow::Cow<'_, str> {
    text.trim().into()
}

#[tokio::test]
async fn text_may_be_lent_from_the_arguments() {
    let text = json!({ "text": "a b " });
    assert_eq!(super::call(FirstWord, text.clone()).await.unwrap(), "a");
    assert_eq!(super::call(Trim, text).await.unwrap(), "a b");
    let output = FirstWord.into_tool().spec().output.clone();
    assert_eq!(output.unwrap()["type"], "string");
}

/// What was done.
#[derive(Serialize, serde::Deserialize, agentwerk::TicketResult)]
struct Done {
    count: u8,
}

/// Counts, if anything.
#[tool]
fn count(to: u8) -> Result<Json<Done>, std::fmt::Error> {
    Ok(Json(Done { count: to }))
}

#[tokio::test]
async fn a_wrapped_value_may_come_with_an_error() {
    let counted = super::call(Count, json!({ "to": 7 })).await;
    assert_eq!(counted.unwrap(), json!({ "count": 7 }));
    let output = Count.into_tool().spec().output.clone().unwrap();
    assert_eq!(output["properties"]["count"]["type"], "integer");
}

#[tokio::test]
async fn a_call_that_needs_leave_does_not_run() {
    let many = json!({ "to": ["a", "b"], "text": "b", "urgent": false });
    let told = super::told(Mailer, many).await;
    assert!(
        told.starts_with("`send-mail` did not run") && told.contains("nobody can be asked"),
        "{told}"
    );
    let one = json!({ "to": ["a"], "text": "b", "urgent": false });
    assert_eq!(super::told(Mailer, one).await, r#"["a"] b false None"#);
    let told = super::told(Wipe, json!({})).await;
    assert!(told.starts_with("`wipe` did not run"), "{told}");
}
