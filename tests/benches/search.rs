//! What `grep` and `glob` cost beside ripgrep: `cargo bench -p agentwerk-tests --bench search`.
//!
//! A tree of 50,000 files is searched by the tools and by the program `rg`, in turns; the median of
//! each counts. `rg` is the one on the `PATH`, or the one that the variable `RG` names; its time
//! includes the start of its process. Without it the tools are timed alone.
//!
//! Times are those of this machine; the ratios say more.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use agentwerk::tools::{GlobTool, GrepTool, Tool, ToolContext};
use serde_json::{Value, json};
use tempfile::TempDir;

const FILES: usize = 50_000;
const FILES_IN_A_DIRECTORY: usize = 50;
/// How often each query is timed.
const ROUNDS: usize = 9;

/// One query, for a tool and for `rg`.
struct Query {
    name: &'static str,
    tool: Tool,
    arguments: Value,
    rg: Vec<&'static str>,
}

#[tokio::main]
async fn main() {
    let dir = TempDir::new().unwrap();
    plant(dir.path());
    let rg = env::var("RG").unwrap_or_else(|_unset| "rg".to_owned());
    let version = Command::new(&rg)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let rg = version.is_ok_and(|status| status.success()).then_some(rg);
    if rg.is_none() {
        println!("there is no `rg` on the PATH or in RG, so the tools are timed alone");
    }
    println!("{FILES} files, median of {ROUNDS} rounds");
    for query in queries() {
        compare(dir.path(), &query, rg.as_deref()).await;
    }
}

/// Files with some forty lines each; one in a hundred has a needle, and a tenth is ignored.
fn plant(root: &Path) {
    let mut random = fastrand::Rng::with_seed(1);
    let words = [
        "let",
        "value",
        "=",
        "self.next();",
        "return",
        "// a comment",
        "fn",
        "name(x)",
        "{",
        "}",
    ];
    for number in 0..FILES {
        let directory = number / FILES_IN_A_DIRECTORY;
        let dir = root.join(format!("crate-{}/src/module_{directory}", directory % 40));
        if number % FILES_IN_A_DIRECTORY == 0 {
            fs::create_dir_all(&dir).unwrap();
            fs::write(dir.join(".gitignore"), "*.log\n/out/\n").unwrap();
        }
        let mut text = String::new();
        for _ in 0..random.usize(10..70) {
            for _ in 0..random.usize(2..9) {
                text.push_str(words[random.usize(..words.len())]);
                text.push(' ');
            }
            text.push('\n');
        }
        if number % 100 == 7 {
            text.push_str("a needle in the hay\n");
        }
        let end = ["rs", "txt", "md", "log"][[0, 0, 0, 0, 1, 1, 1, 2, 2, 3][number % 10]];
        fs::write(dir.join(format!("file_{number}.{end}")), text).unwrap();
    }
}

fn queries() -> Vec<Query> {
    let grep = |name, arguments, rg| Query {
        name,
        tool: GrepTool.into_tool(),
        arguments,
        rg,
    };
    let glob = |name, arguments, rg| Query {
        name,
        tool: GlobTool.into_tool(),
        arguments,
        rg,
    };
    use agentwerk::tools::IntoTool;
    vec![
        grep(
            "grep needle",
            json!({ "pattern": "needle", "limit": 1_000 }),
            vec!["-n", "needle", "."],
        ),
        grep(
            "grep, nothing",
            json!({ "pattern": "nowhere" }),
            vec!["-n", "nowhere", "."],
        ),
        grep(
            "grep, expression",
            json!({ "pattern": r"fn\s+name\(\w\)\s+// a comment return", "limit": 1_000 }),
            vec!["-n", r"fn\s+name\(\w\)\s+// a comment return", "."],
        ),
        grep(
            "grep, files",
            json!({ "pattern": "needle", "output": "files" }),
            vec!["-l", "needle", "."],
        ),
        grep(
            "grep, count of all",
            json!({ "pattern": "let", "output": "count" }),
            vec!["-c", "let", "."],
        ),
        grep(
            "grep in *.md",
            json!({ "pattern": "needle", "glob": "*.md", "limit": 1_000 }),
            vec!["-n", "needle", "-g", "*.md", "."],
        ),
        grep(
            "grep, first 100 lines",
            json!({ "pattern": "let" }),
            vec!["-n", "let", "."],
        ),
        glob("glob all", json!({ "pattern": "**" }), vec!["--files", "."]),
        glob(
            "glob all, rg sorts too",
            json!({ "pattern": "**" }),
            vec!["--files", "--sortr=modified", "."],
        ),
        glob(
            "glob **/*.md",
            json!({ "pattern": "**/*.md" }),
            vec!["--files", "-g", "**/*.md", "."],
        ),
    ]
}

async fn compare(dir: &Path, query: &Query, rg: Option<&str>) {
    let context = ToolContext::new(dir);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let result = query.tool.call(query.arguments.clone(), &context).await;
        ours.push(start.elapsed().as_secs_f64());
        assert!(!result.unwrap().is_error());
        if let Some(rg) = rg {
            let start = Instant::now();
            let output = Command::new(rg)
                .arg("--no-require-git")
                .args(&query.rg)
                .current_dir(dir)
                .output();
            theirs.push(start.elapsed().as_secs_f64());
            assert!(output.unwrap().stderr.is_empty());
        }
    }
    let ours = median(&ours);
    print!("  {:<24} {:>7.1} ms", query.name, ours * 1e3);
    if theirs.is_empty() {
        println!();
    } else {
        let theirs = median(&theirs);
        println!("  rg {:>7.1} ms  {:>5.2} × rg", theirs * 1e3, ours / theirs);
    }
}

/// Of all times but the first, which warms the caches.
fn median(times: &[f64]) -> f64 {
    let mut times = times[1..].to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
