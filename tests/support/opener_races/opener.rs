//! One of two: opens a session when it is told to, and says what came of it.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use super::way::Way;
use crate::process::say;

/// Does as it is told, until its input ends.
pub(super) fn main() -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let mut held = None;
    for line in io::stdin().lines() {
        let line = line.map_err(|error| error.to_string())?;
        if line == "close" {
            drop(held.take());
            say("closed");
            continue;
        }
        let (way, dir) = line.split_once(' ').ok_or("say a way and a directory")?;
        let way = Way::named(way).ok_or_else(|| format!("`{way}` is no way to open"))?;
        match way.open(dir, &runtime) {
            Ok(opened) => {
                held = Some(opened);
                say("won");
            }
            Err(error) => say(&one_line(&*error)),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// An error and its causes.
fn one_line(error: &dyn Error) -> String {
    let mut text = format!("lost {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text.replace('\n', "; ")
}
