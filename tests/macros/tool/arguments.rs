use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use agentwerk::schemas::Violations;
use agentwerk::tools::{FromContext, IntoTool, Json, ToolContext, ToolError};
use agentwerk::{TicketResult, tool};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{call, told};

/// Where to look.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct Filter {
    /// The first year.
    since: Option<u16>,
    #[schemars(length(max = 2))]
    tags: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[serde(tag = "by", rename_all = "snake_case")]
enum Order {
    Date,
    /// By how often a word occurs.
    Count {
        word: String,
    },
}

/// Borrows all that it is given.
#[tool]
#[expect(
    clippy::needless_lifetimes,
    clippy::too_many_arguments,
    reason = "all forms at once"
)]
async fn borrow<'a>(
    text: &'a str,
    owned: &String,
    numbers: &[u32],
    path: &Path,
    filter: &Filter,
    hint: Option<&str>,
    below: Option<&Path>,
    more: Option<&[bool]>,
    order: Option<&Order>,
    map: &BTreeMap<String, f64>,
) -> Json<Value> {
    Json(json!([
        text, owned, numbers, path, filter, hint, below, more, order, map
    ]))
}

#[tokio::test]
async fn arguments_are_lent() {
    let filter = json!({ "since": 1990, "tags": ["a"] });
    let args = json!({
        "text": "a", "owned": "b", "numbers": [1, 2], "path": "c/d", "filter": filter,
        "hint": "e", "below": "f", "more": [true], "order": { "by": "date" }, "map": { "g": 0.5 }
    });
    let expected = json!([
        "a", "b", [1, 2], "c/d", filter, "e", "f", [true], { "by": "date" }, { "g": 0.5 }
    ]);
    assert_eq!(call(Borrow, args).await.unwrap(), expected);

    let args = json!({
        "text": "a", "owned": "b", "numbers": [], "path": "", "filter": { "tags": [] }, "map": {}
    });
    let filter = json!({ "since": null, "tags": [] });
    let expected = json!(["a", "b", [], "", filter, null, null, null, null, {}]);
    assert_eq!(call(Borrow, args).await.unwrap(), expected);
}

#[test]
fn what_is_lent_has_the_schema_of_what_is_owned() {
    let tool = Borrow.into_tool();
    let schema = &tool.spec().schema;
    let properties = &schema["properties"];
    assert_eq!(properties["text"], json!({ "type": "string" }));
    assert_eq!(properties["path"], json!({ "type": "string" }));
    assert_eq!(properties["hint"], json!({ "type": ["string", "null"] }));
    assert_eq!(properties["numbers"]["items"]["format"], "uint32");
    assert_eq!(
        schema["required"],
        json!(["text", "owned", "numbers", "path", "filter", "map"])
    );
    let filter = &schema["$defs"]["Filter"];
    assert_eq!(filter["description"], "Where to look.");
    assert_eq!(
        filter["properties"]["since"]["description"],
        "The first year."
    );
}

fn seven() -> u32 {
    7
}

/// Has a default for all that it is given.
#[tool]
#[expect(clippy::too_many_arguments, reason = "all forms at once")]
fn lists(
    #[arg(default = 10)]
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    #[arg(default = seven() + 1)] computed: u32,
    #[arg(default = "newest")] order: &str,
    #[arg(default = &[1, 2])] pages: &[u8],
    #[arg(default = Path::new("docs"))] below: &Path,
    #[arg(default = PathBuf::from("out"))] to: PathBuf,
    #[arg(default = Order::Date)] by: Order,
    #[serde(default)] words: Vec<String>,
    #[arg(default = true)] r#loop: bool,
) -> Json<Value> {
    Json(json!([
        limit, computed, order, pages, below, to, by, words, r#loop
    ]))
}

#[tokio::test]
async fn a_default_counts_when_the_model_leaves_an_argument_out() {
    let all = json!([10, 8, "newest", [1, 2], "docs", "out", { "by": "date" }, [], true]);
    assert_eq!(call(Lists, json!({})).await.unwrap(), all);
    let some = call(
        Lists,
        json!({ "limit": 3, "order": "oldest", "loop": false }),
    );
    let expected = json!([3, 8, "oldest", [1, 2], "docs", "out", { "by": "date" }, [], false]);
    assert_eq!(some.await.unwrap(), expected);
}

#[test]
fn the_model_is_told_of_defaults() {
    let tool = Lists.into_tool();
    let schema = &tool.spec().schema;
    let default = |name: &str| &schema["properties"][name]["default"];
    assert_eq!(default("limit"), &json!(10));
    assert_eq!(default("computed"), &json!(8));
    assert_eq!(default("order"), "newest");
    assert_eq!(default("pages"), &json!([1, 2]));
    assert_eq!(default("below"), "docs");
    assert_eq!(default("by"), &json!({ "by": "date" }));
    assert_eq!(default("loop"), &json!(true));
    assert_eq!(schema["properties"]["limit"]["maximum"], 50);
    assert_eq!(schema.get("required"), None);
}

/// Sorts.
#[tool]
async fn sort(
    /// How to sort.
    #[serde(alias = "sort_by")]
    order: Order,
    #[serde(rename = "limit")]
    #[schemars(range(min = 1, max = 9))]
    at_most: u8,
    #[schemars(length(min = 2, max = 3), inner(regex(pattern = "^[a-z]+$")))] words: Vec<String>,
) -> String {
    format!("{order:?} {at_most} {words:?}")
}

#[tokio::test]
async fn an_argument_may_have_another_name_and_more_than_one() {
    let order = json!({ "by": "count", "word": "a" });
    for name in ["order", "sort_by"] {
        let args = json!({ name: order, "limit": 1, "words": ["aa", "bb"] });
        let sorted = told(Sort, args.clone()).await;
        assert_eq!(sorted, r#"Count { word: "a" } 1 ["aa", "bb"]"#);
        assert_eq!(call(Sort, args).await.unwrap(), sorted);
    }
}

#[tokio::test]
async fn limits_are_enforced_before_the_function_runs() {
    let args = json!({ "order": { "by": "date" }, "limit": 10, "words": ["a", "B", "c", "d"] });
    let told = told(Sort, args).await;
    for (place, text) in [
        ("/limit", "10 is greater than the maximum of 9"),
        ("/words", "has more than 3 items"),
        ("/words/1", "does not match"),
    ] {
        let is_told =
            |line: &str| line.starts_with(&format!("- `{place}`: ")) && line.contains(text);
        assert!(told.lines().any(is_told), "{place}: {told}");
    }
}

/// Cuts a text in two.
#[tool]
fn cut<'a>(text: &'a str, #[arg(default = " ")] at: &'a str) -> Result<Vec<Cow<'a, str>>, String> {
    let (left, right) = text.split_once(at).ok_or("there is nothing to cut")?;
    Ok(vec![left.into(), right.into()])
}

struct Session<'a>(&'a ToolContext);

impl<'a> FromContext<'a> for Session<'a> {
    fn from_context(context: &'a ToolContext) -> Result<Self, ToolError> {
        Ok(Self(context))
    }
}

/// Says where it is.
#[tool]
async fn place<'a>(#[cx] session: Session<'a>) -> Cow<'a, str> {
    session.0.dir().to_string_lossy()
}

#[tokio::test]
async fn lifetimes_may_have_names() {
    let cut = call(Cut, json!({ "text": "a b" })).await;
    assert_eq!(cut.unwrap(), json!(["a", "b"]));
    assert_eq!(call(Place, json!({})).await.unwrap(), "/base");
}

/// A range of pages.
#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Pages::check_order)]
struct Pages {
    first: u32,
    last: u32,
}

impl Pages {
    fn check_order(&self) -> Result<(), Violations> {
        if self.last < self.first {
            return Err(Violations::one("/last", "must not be before `first`"));
        }
        Ok(())
    }
}

/// Prints pages.
#[tool]
fn print(pages: &Pages, #[serde(rename = "more")] others: &[Pages], then: Option<Pages>) -> u32 {
    let all = others.iter().chain(then.as_ref()).chain([pages]);
    all.map(|pages| pages.last - pages.first).sum()
}

#[tokio::test]
async fn arguments_say_themselves_what_is_wrong() {
    let (right, wrong) = (
        json!({ "first": 1, "last": 2 }),
        json!({ "first": 2, "last": 1 }),
    );
    let printed = call(
        Print,
        json!({ "pages": right, "more": [right], "then": right }),
    );
    assert_eq!(printed.await.unwrap(), json!(3));

    let printed = call(
        Print,
        json!({ "pages": wrong, "more": [right, wrong], "then": wrong }),
    );
    assert_eq!(
        printed.await.unwrap_err().to_string(),
        "The arguments do not fit. Correct these and call again:\n\
         - `/pages/last`: must not be before `first`\n\
         - `/more/1/last`: must not be before `first`\n\
         - `/then/last`: must not be before `first`"
    );
}
