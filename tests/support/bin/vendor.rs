//! Loopback vendors for programs that are not tests.
//!
//! All four formats are served by one scripted model; see [`agentwerk_tests::scripted`].
//!
//! ```text
//! vendor                    prints base URLs and keys as one line of JSON, and serves until its
//!                           standard input ends; then prints what was asked as another line
//! vendor -- COMMAND ARGS…   runs the command once per format, with the environment of that vendor
//! ```
//!
//! # Invariants
//! - A command sees one vendor only: the variables of all others are removed.
//! - No command outlives this program, and none runs for longer than [`RUN_MAX`].

use std::io::{self, Write};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use agentwerk_tests::scripted;
use agentwerk_tests::vendor::{Format, VendorServer, sign};
use serde_json::{Value, json};
use tokio::process::Command;

/// One run of a command, its build included.
const RUN_MAX: Duration = Duration::from_secs(15 * 60);

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    words.next_if(|word| word == "--");
    let words: Vec<String> = words.collect();
    let held = match words.split_first() {
        Some((program, arguments)) => run_for_all(program, arguments).await,
        None => serve().await,
    };
    match held {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("vendor: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn start(format: Format) -> VendorServer {
    let server = VendorServer::start(format).await;
    server.respond_with(scripted::answer);
    server
}

async fn serve() -> io::Result<bool> {
    let mut servers = Vec::new();
    for format in Format::ALL {
        servers.push(start(format).await);
    }
    let places = servers
        .iter()
        .map(|server| json!({"base_url": server.base_url(), "key": server.key()}));
    print_line(&by_name(&servers, places))?;
    let until_end = || io::copy(&mut io::stdin(), &mut io::sink());
    tokio::task::spawn_blocking(until_end).await??;
    let asked = servers.iter().map(|server| {
        let refusals = server.refusals();
        let refusals = refusals
            .iter()
            .map(|refusal| json!({"rule": refusal.rule, "message": refusal.message()}));
        let signature = sign(scripted::THOUGHTS);
        let requests = server.requests();
        let signed = requests.iter().filter(|r| r.text.contains(&signature));
        json!({
            "requests": requests.len(),
            "signed_thoughts": signed.count(),
            "refusals": refusals.collect::<Vec<_>>(),
        })
    });
    print_line(&by_name(&servers, asked))?;
    Ok(true)
}

fn by_name(servers: &[VendorServer], values: impl Iterator<Item = Value>) -> Value {
    let names = servers.iter().map(|server| server.format().name());
    names.map(str::to_owned).zip(values).collect()
}

fn print_line(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

async fn run_for_all(program: &str, arguments: &[String]) -> io::Result<bool> {
    let mut all_passed = true;
    for format in Format::ALL {
        let server = start(format).await;
        eprintln!("--- {}", format.name());
        let status = run(program, arguments, &server).await?;
        let (requests, refusals) = (server.requests().len(), server.refusals());
        for refusal in &refusals {
            eprintln!("refused ({}): {}", refusal.rule, refusal.message());
        }
        let passed = status.success() && requests > 0 && refusals.is_empty();
        eprintln!(
            "--- {}: {requests} requests, {} refused, {status}: {}",
            format.name(),
            refusals.len(),
            if passed { "ok" } else { "FAILED" },
        );
        all_passed &= passed;
    }
    Ok(all_passed)
}

async fn run(program: &str, arguments: &[String], server: &VendorServer) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    command.args(arguments);
    command.stdin(Stdio::null()).kill_on_drop(true);
    for format in Format::ALL {
        for suffix in ["API_KEY", "BASE_URL", "MODEL"] {
            command.env_remove(variable(format, suffix));
        }
    }
    let format = server.format();
    command
        .env("LITELLM_PROVIDER", format.name())
        .env(variable(format, "API_KEY"), server.key())
        .env(variable(format, "BASE_URL"), server.base_url())
        .env("MODEL", "scripted");
    let mut child = command
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("start `{program}`: {error}")))?;
    match tokio::time::timeout(RUN_MAX, child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            eprintln!("`{program}` ran for {} s and is ended", RUN_MAX.as_secs());
            child.kill().await?;
            child.wait().await
        }
    }
}

fn variable(format: Format, suffix: &str) -> String {
    format!("{}_{suffix}", format.name().to_uppercase())
}
