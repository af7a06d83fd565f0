//! One connection serves one request after another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agentwerk_tests::asking::{ask, provider_at};
use agentwerk_tests::vendor::Format;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::talk::question;

const REPLY: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\
                     \"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Serves requests until the client leaves; the end of a body is a packet of its own.
async fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        stream.read_exact(&mut vec![0; length]).await?;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        let chunk = format!("{head}{:x}\r\n{REPLY}\r\n", REPLY.len());
        stream.write_all(chunk.as_bytes()).await?;
        stream.flush().await?;
        // The client sees the end marker before the end of the body.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        stream.write_all(b"0\r\n\r\n").await?;
    }
}

#[tokio::test]
async fn a_conversation_keeps_its_connection() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream));
        }
    });
    let provider = provider_at(Format::OpenAi, &format!("http://{address}"), "key", None);
    for _ in 0..3 {
        let asked = ask(&provider, &question()).await;
        assert_eq!(asked.reply().into_message().text(), "hi");
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    server.abort();
}
