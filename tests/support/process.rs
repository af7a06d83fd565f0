//! Processes of this package that are talked to line by line.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

/// A process that is killed when this value goes, a panic included.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

/// What came of waiting for a line.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A line, without its end.
    Line(String),
    /// The process closed its output, which ours do by ending.
    End,
    /// Nothing, up to the deadline.
    Nothing,
}

impl Process {
    /// Starts a command. Its errors go where ours go.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            drop(thread::spawn(move || read_lines(stdout, &sender)));
        }
        Ok(Self {
            child,
            stdin,
            lines,
        })
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes a line to its input.
    ///
    /// # Errors
    /// It has ended, or closed its input.
    pub fn tell(&mut self, line: &str) -> io::Result<()> {
        let stdin = self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(format!("{line}\n").as_bytes())
    }

    /// Waits for its next line.
    pub fn line(&self, deadline: Instant) -> Heard {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => Heard::Line(line),
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    /// Kills it with the signal that no process can catch, and waits for its end. Gives the lines
    /// that were not read yet: what it had written is still in the pipe.
    ///
    /// # Errors
    /// It cannot be killed or waited for.
    pub fn kill(mut self) -> io::Result<(ExitStatus, Vec<String>)> {
        self.child.kill()?;
        let status = self.child.wait()?;
        Ok((status, self.lines.iter().collect()))
    }

    /// Waits for the end of a process whose output has ended.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Of a process that has been waited for this says so, and does nothing.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Passes on whole lines: one that is cut off was never said.
fn read_lines(stdout: ChildStdout, sender: &Sender<String>) {
    let mut reader = BufReader::new(stdout);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let Some(whole) = line.strip_suffix('\n') else {
            return;
        };
        if sender.send(whole.to_owned()).is_err() {
            return;
        }
        line.clear();
    }
}

/// Ends this process when its input does: when whoever started it is gone, however that ended.
pub fn end_with_input() {
    let watching = || {
        let mut line = String::new();
        while io::stdin()
            .read_line(&mut line)
            .is_ok_and(|bytes| bytes > 0)
        {
            line.clear();
        }
        std::process::exit(3);
    };
    drop(thread::spawn(watching));
}

/// Writes a line to the output, at once and whole. Ends this process if nobody reads it any more.
pub fn say(line: &str) {
    let mut stdout = io::stdout().lock();
    let line = format!("{line}\n");
    let said = stdout.write_all(line.as_bytes());
    if said.and_then(|()| stdout.flush()).is_err() {
        std::process::exit(3);
    }
}
