//! One connection: requests in, scripted answers out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::http::read_request;
use super::script::Step;
use super::server::Shared;

/// Between two keep-alives that never end. It only keeps the socket from filling up: no test
/// depends on its length.
const KEEP_ALIVE_PAUSE: Duration = Duration::from_millis(2);

/// How an answer left its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Reusable,
    Close,
    Reset,
    Abandoned,
}

pub(super) async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    // The pieces of an answer are the test's; the kernel must not wait to merge them.
    let _unsupported = stream.set_nodelay(true).is_err();
    let outcome = exchange(&mut stream, &shared).await;
    if outcome == Outcome::Reset {
        let _already_gone = stream.set_zero_linger().is_err();
    }
    drop(stream);
    if outcome == Outcome::Abandoned {
        shared.abandoned();
    }
}

async fn exchange(stream: &mut TcpStream, shared: &Shared) -> Outcome {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::new(reader);
    loop {
        let Ok(Some(request)) = read_request(&mut reader).await else {
            return Outcome::Close;
        };
        let steps = shared.admit(request);
        let outcome = tokio::select! {
            played = play(steps, &mut writer) => played.unwrap_or(Outcome::Abandoned),
            () = left(&mut reader) => Outcome::Abandoned,
        };
        if outcome != Outcome::Reusable {
            return outcome;
        }
    }
}

async fn play(steps: Vec<Step>, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<Outcome> {
    for step in steps {
        match step {
            Step::Write(bytes) => writer.write_all(&bytes).await?,
            Step::Wait(gate) => gate.opened().await,
            Step::Repeat(bytes) => {
                let mut pause = tokio::time::interval(KEEP_ALIVE_PAUSE);
                loop {
                    pause.tick().await;
                    writer.write_all(&bytes).await?;
                }
            }
            Step::Silence => std::future::pending().await,
            Step::Close => return Ok(Outcome::Close),
            Step::Reset => return Ok(Outcome::Reset),
        }
    }
    Ok(Outcome::Reusable)
}

/// Resolves when the client closed its side. A next request that arrives early is left unread.
async fn left(reader: &mut (impl AsyncBufRead + Unpin)) {
    match reader.fill_buf().await {
        Ok(bytes) if !bytes.is_empty() => std::future::pending().await,
        _ => {}
    }
}
