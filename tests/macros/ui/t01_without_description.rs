#![allow(unused)]

// The docs of its parameters must not become errors of their own, nor its use.
use agentwerk::tool;
use agentwerk::tools::Tool;

#[tool]
async fn read_config(
    /// Where it lies.
    #[serde(default)]
    path: String,
) -> String {
    path
}

fn main() {
    Tool::typed(ReadConfig);
}
