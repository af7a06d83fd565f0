//! Commands whose children ignore `TERM` and hold the output: some are cancelled, some end by
//! themselves, many at once. Nobody of their groups may be left.
//!
//! # Invariants
//! - Each command holds a named pipe open, and so does everything that it starts. The first line says
//!   that all of them are up, and the end of the pipe that all of them are gone: nothing sleeps.
//! - Each command has a mark in its environment, by which `/proc` shows who is left.

mod options;
pub mod processes;

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use agentwerk::tools::{BashTool, IntoTool, ToolContext};
use futures_util::future::join;
use futures_util::{StreamExt, stream};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::unix::pipe;

use crate::within;
use options::Options;
use processes::{EndMarked, marked, zombies};

/// What a command does before it is cancelled, or ends.
const BEGIN: &str = r#"exec 9>"$PIPE"; trap '' TERM; sleep 1000 & echo up >&9; "#;

/// How a command comes to its end.
#[derive(Clone, Copy, Debug)]
enum Way {
    Cancel,
    End,
}

/// What came of the commands.
#[derive(Debug, Default)]
struct Counts {
    cancels: usize,
    ends: usize,
    survivors: usize,
    slowest: Duration,
}

/// Runs the program with these arguments.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let words: Vec<String> = arguments.collect();
    match Options::read(&words).and_then(|options| run(&options)) {
        Ok((counts, zombies)) => {
            println!(
                "cancels {}, ends {}, survivors {}, processes not waited for {zombies}, slowest end of \
                 a group {} ms",
                counts.cancels,
                counts.ends,
                counts.survivors,
                counts.slowest.as_millis()
            );
            ExitCode::from(u8::from(counts.survivors + zombies > 0))
        }
        Err(error) => {
            eprintln!("command_ends: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(Counts, usize), String> {
    let _end = EndMarked(format!("COMMAND_ENDS={}-", std::process::id()));
    let place = Place::new(options.cancels.max(options.ends)).map_err(text)?;
    let runtime = tokio::runtime::Runtime::new().map_err(text)?;
    let counts = runtime.block_on(run_all(&place, options))?;
    // With it go the tasks that wait for processes.
    drop(runtime);
    Ok((counts, zombies().map_err(text)?.len()))
}

async fn run_all(place: &Place, options: &Options) -> Result<Counts, String> {
    let cancels = (0..options.cancels).map(|number| (Way::Cancel, number));
    let ends = (0..options.ends).map(|number| (Way::End, number));
    let running = cancels
        .chain(ends)
        .map(|(way, number)| run_one(place, way, number));
    let mut running = stream::iter(running).buffer_unordered(options.at_once);
    let mut counts = Counts::default();
    while let Some(one) = running.next().await {
        let (way, left, took) = one?;
        match way {
            Way::Cancel => counts.cancels += 1,
            Way::End => counts.ends += 1,
        }
        counts.survivors += left;
        counts.slowest = counts.slowest.max(took);
    }
    Ok(counts)
}

/// How many were left of one command, and how long they took to go.
async fn run_one(place: &Place, way: Way, number: usize) -> Result<(Way, usize, Duration), String> {
    let path = place.dir.path().join(format!("{way:?}{number}"));
    let mark = format!("COMMAND_ENDS={}-{way:?}-{number}.", std::process::id());
    let (name, value) = mark.split_once('=').unwrap_or_default();
    let tool = BashTool::unrestricted()
        .env("PIPE", &path)
        .env(name, value)
        .into_tool();
    let pipe = pipe::OpenOptions::new()
        .open_receiver(&path)
        .map_err(text)?;
    let mut pipe = BufReader::new(pipe);
    let mut line = String::new();
    let last = match way {
        Way::Cancel => "wait; wait",
        Way::End => "exit 0",
    };
    let context = ToolContext::new(place.dir.path());
    let mut call = Box::pin(tool.call(json!({ "command": format!("{BEGIN}{last}") }), &context));
    let up = within(pipe.read_line(&mut line));
    let began = match way {
        Way::Cancel => tokio::select! {
            ended = &mut call => return Err(format!("it ended by itself: {ended:?}")),
            read = up => read.map(|_| Instant::now()).map_err(text)?,
        },
        Way::End => {
            let began = Instant::now();
            let (said, read) = join(within(&mut call), up).await;
            let (said, _) = (said.map_err(text)?.text(), read.map_err(text)?);
            if said != "(exit code 0)\n" {
                return Err(format!("it ended with `{said}`"));
            }
            began
        }
    };
    if line != "up\n" {
        return Err(format!("it said `{line}`"));
    }
    drop(call);
    within(pipe.read_to_string(&mut line)).await.map_err(text)?;
    let took = began.elapsed();
    let left = marked(&mark).map_err(text)?;
    Ok((way, left.len(), took))
}

/// A directory with a named pipe for each command.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new(count: usize) -> std::io::Result<Self> {
        let dir = tempfile::tempdir()?;
        for way in [Way::Cancel, Way::End] {
            let names = (0..count).map(|number| format!("{way:?}{number}"));
            let made = Command::new("mkfifo")
                .args(names)
                .current_dir(&dir)
                .status()?;
            if !made.success() {
                return Err(std::io::Error::other("`mkfifo` failed"));
            }
        }
        Ok(Self { dir })
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
