use agentwerk::tool;
use agentwerk::tools::{Tool, ToolContext, ToolError};
use serde_json::{Value, json};

/// Finds entries.
/// Newest first.
///
/// ```text
/// find --all
/// ```
#[tool(read_only, timeout = "20s")]
pub async fn find_entries(
    /// What to look for.
    #[schemars(length(min = 2))]
    query: String,
    context: &ToolContext,
    /// How many at most.
    #[serde(default)]
    mut limit: u32,
    tags: Option<Vec<String>>,
) -> Result<Vec<String>, ToolError> {
    limit = limit.max(1);
    let tags = tags.unwrap_or_default().join("+");
    let dir = context.dir().display();
    Ok((0..limit)
        .map(|n| format!("{query} {tags} {dir} {n}"))
        .collect())
}

async fn call(tool: &Tool, args: Value) -> Result<Value, ToolError> {
    let result = tool.call(args, &ToolContext::new("/base")).await?;
    Ok(result.content().clone())
}

#[tokio::test]
async fn a_function_becomes_a_tool() {
    let tool = Tool::typed(FindEntries);
    let entries = call(
        &tool,
        json!({ "query": "ab", "limit": 2, "tags": ["x", "y"] }),
    )
    .await;
    assert_eq!(
        entries.unwrap(),
        json!(["ab x+y /base 0", "ab x+y /base 1"])
    );
    println!(
        "{}",
        serde_json::to_string_pretty(&*tool.spec().schema).unwrap()
    );
    println!(
        "{:?}",
        call(&tool, json!({"query": "ab", "limit": 2, "x": 2})).await
    );
    println!("{:?}", call(&tool, json!(["query"])).await);
    println!("{:?}", call(&tool, json!("query")).await);
    println!("{}", tool.spec().description);
}
