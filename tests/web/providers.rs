//! The libraries for pages bring compression to the HTTP client that the providers use too.

use agentwerk::chat::{Deltas, Message, Request};
use agentwerk::providers::{OpenAiProvider, Provider};

use crate::fetch;
use crate::network::FakeNetwork;
use crate::server::{Server, page};

#[tokio::test]
async fn a_provider_asks_for_no_compression() {
    let server = Server::start(|_| page("application/json", "{}")).await;
    let provider = OpenAiProvider::new("key").base_url(format!("http://{}", server.address));
    let request = Request::new("any", vec![Message::user("Hello.")]);
    let refused = provider.respond(&request, &Deltas::discard()).await;
    assert!(refused.is_err());
    let heads = server.heads();
    let [head] = heads.as_slice() else {
        panic!("{heads:?}");
    };
    assert!(
        !head.to_ascii_lowercase().contains("accept-encoding"),
        "{head}"
    );
}

#[tokio::test]
async fn the_tool_asks_for_compression() {
    let server = Server::start(|_| page("text/plain", "reached")).await;
    let network = FakeNetwork::new(server.address).name("a.example.org", &["93.184.216.34"]);
    fetch(network.tool(), "http://a.example.org/")
        .await
        .unwrap();
    let head = server.heads().remove(0).to_ascii_lowercase();
    assert!(
        head.contains("accept-encoding: gzip,deflate,br\r\n"),
        "{head}"
    );
}
