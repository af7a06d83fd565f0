//! A server on the loopback interface that counts its connections.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What a request is answered with.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// The first bytes, and then the others again and again until nobody reads them any more.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, and nothing more, until the other side closes.
    Stall(Vec<u8>),
}

/// A body of this type.
pub(crate) fn page(content_type: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Answer::Bytes(bytes)
}

pub(crate) fn html(body: &str) -> Answer {
    page("text/html; charset=utf-8", body)
}

pub(crate) fn redirect(location: &str) -> Answer {
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
    Answer::Bytes(head.into_bytes())
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
    requested: UnboundedReceiver<()>,
    closed: UnboundedReceiver<()>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts a server that answers by the path of a request.
    pub(crate) async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (requesting, requested) = unbounded_channel();
        let (closing, closed) = unbounded_channel();
        let accepting = tokio::spawn({
            let (connections, heads) = (Arc::clone(&connections), Arc::clone(&heads));
            let answer = Arc::new(answer);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    let answer = Arc::clone(&answer);
                    let heads = Arc::clone(&heads);
                    let (requesting, closing) = (requesting.clone(), closing.clone());
                    drop(tokio::spawn(async move {
                        let served = serve(stream, &*answer, &heads, &requesting).await;
                        if served == Served::ByTheOtherSide {
                            let _gone = closing.send(());
                        }
                    }));
                }
            }
        });
        Self {
            address,
            connections,
            heads,
            requested,
            closed,
            accepting,
        }
    }

    /// How many connections came in.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The heads of the requests that came in.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Waits for a request.
    pub(crate) async fn requested(&mut self) {
        self.requested.recv().await.unwrap();
    }

    /// Waits until the other side has closed a connection that was not ended here.
    pub(crate) async fn closed(&mut self) {
        self.closed.recv().await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Who ended a connection.
#[derive(PartialEq)]
enum Served {
    Here,
    ByTheOtherSide,
}

async fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(&str) -> Answer + Send + Sync),
    heads: &Mutex<Vec<String>>,
    requesting: &UnboundedSender<()>,
) -> Served {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return Served::ByTheOtherSide;
        };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    let _gone = requesting.send(());
    match answer(&path) {
        Answer::Bytes(bytes) => {
            let _written = stream.write_all(&bytes).await;
            let _ended = stream.shutdown().await;
            return Served::Here;
        }
        Answer::Endless(first, again) => {
            let mut written = stream.write_all(&first).await;
            while written.is_ok() {
                written = stream.write_all(&again).await;
            }
        }
        Answer::Stall(bytes) => {
            let _written = stream.write_all(&bytes).await;
            while stream.read_u8().await.is_ok() {}
        }
    }
    Served::ByTheOtherSide
}
