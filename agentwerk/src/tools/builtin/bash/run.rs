use std::io::{self, PipeReader};
use std::pin::pin;
use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::future::join;
use tokio::io::AsyncReadExt;
use tokio::process::ChildStdout;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::group::Group;
use super::output::Output;

/// How long processes that were asked to end may take.
const GRACE: Duration = Duration::from_millis(200);
/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;

/// What came of a command.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) output: Output,
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself.
    Exited(Exit),
    /// Its time was over.
    TimedOut,
    /// Nobody wants it any more.
    Cancelled,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Code(i32),
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no signals"))]
    Signal(i32),
    /// Somebody else waited for it.
    Unknown,
}

/// Runs a command to its end, and ends all that is left of its group.
///
/// # Cancel safety
/// Dropping the future asks the whole group to end, and ends what is left of it after [`GRACE`]. When
/// the runtime goes before that, all are ended at once.
pub(super) async fn run(
    mut command: Command,
    limit: Duration,
    cancel: CancellationToken,
) -> io::Result<Ended> {
    // One pipe for both, so that their lines stay in the order in which they were written.
    let (reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let group = Group::start(command)?;
    let reading = Reading::new(reader)?;
    let _guard = cancel.clone().drop_guard();
    let (sender, ended) = oneshot::channel();
    // On a task of its own, because whoever waits for this future may drop it at any time.
    drop(tokio::spawn(supervise(
        group, reading, limit, cancel, sender,
    )));
    ended.await.map_err(io::Error::other)
}

async fn supervise(
    mut group: Group,
    mut reading: Reading,
    limit: Duration,
    cancel: CancellationToken,
    ended: oneshot::Sender<Ended>,
) {
    let end = reading
        .until(async {
            tokio::select! {
                exit = group.exit() => End::Exited(exit),
                () = cancel.cancelled() => End::Cancelled,
                () = sleep(limit) => End::TimedOut,
            }
        })
        .await;
    group.terminate();
    let grace_end = Instant::now() + GRACE;
    let quiet = timeout_at(grace_end, join(group.exit(), reading.read_to_end())).await;
    if quiet.is_err() {
        group.kill();
        // Not longer: who left the group may hold the output for ever.
        let _late = timeout(GRACE, join(group.exit(), reading.read_to_end())).await;
    }
    let output = reading.output;
    // Nobody may be waiting any more.
    let _unread = ended.send(Ended { end, output });
    // Others in the group have the same time, though nobody can tell whether there are any.
    sleep_until(grace_end).await;
    group.kill();
    group.exit().await;
}

/// The output of a command while it is read.
struct Reading {
    pipe: ChildStdout,
    output: Output,
    buffer: Box<[u8]>,
    is_closed: bool,
}

impl Reading {
    fn new(pipe: PipeReader) -> io::Result<Self> {
        Ok(Self {
            pipe: ChildStdout::from_std(owned(pipe).into())?,
            output: Output::default(),
            buffer: vec![0; READ_BYTES].into(),
            is_closed: false,
        })
    }

    /// Reads until something happens, and gives what that gives. A command that writes much is thus
    /// never kept waiting.
    async fn until<T>(&mut self, happening: impl Future<Output = T>) -> T {
        let mut happening = pin!(happening);
        loop {
            tokio::select! {
                biased;
                happened = &mut happening => return happened,
                () = self.read(), if !self.is_closed => {}
            }
        }
    }

    /// Reads until nobody holds the other end.
    async fn read_to_end(&mut self) {
        while !self.is_closed {
            self.read().await;
        }
    }

    /// # Cancel safety
    /// Nothing that was read is lost.
    async fn read(&mut self) {
        match self.pipe.read(&mut self.buffer).await {
            Ok(0) | Err(_) => self.is_closed = true,
            Ok(bytes) => self.output.push(&self.buffer[..bytes]),
        }
    }
}

#[cfg(unix)]
fn owned(pipe: PipeReader) -> std::os::fd::OwnedFd {
    pipe.into()
}

#[cfg(windows)]
fn owned(pipe: PipeReader) -> std::os::windows::io::OwnedHandle {
    pipe.into()
}
