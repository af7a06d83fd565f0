//! Proxies of the environment, which a process has from its beginning; so the fetches of these tests
//! run in processes of their own.

use std::env;
use std::process::Stdio;

use agentwerk::tools::WebFetchTool;
use tokio::process::Command;

use crate::fetch;
use crate::server::{Server, page};

/// Fetches, when a test below says so.
#[tokio::test]
async fn a_child_fetches() {
    let Ok(url) = env::var("WEB_TEST_URL") else {
        return;
    };
    let tool = WebFetchTool.allow_private(env::var("WEB_TEST_PRIVATE").is_ok());
    let tool = tool.use_proxy_from_env(env::var("WEB_TEST_PROXY").is_ok());
    println!("shown: {:?}", fetch(tool, &url).await);
}

/// Lets a child fetch, with a proxy in every variable that names one.
async fn fetch_in_child(url: &str, proxy: &Server, settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "proxies::a_child_fetches", "--nocapture"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        let proxy = format!("http://{}", proxy.address);
        command.env(name, &proxy).env(name.to_lowercase(), &proxy);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    command
        .env("WEB_TEST_URL", url)
        .envs(settings.iter().copied());
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    let proxy = Server::start(|_| page("text/plain", "from the proxy")).await;
    let target = Server::start(|_| page("text/plain", "from the target")).await;
    let url = format!("http://{}/", target.address);
    let shown = fetch_in_child(&url, &proxy, &[("WEB_TEST_PRIVATE", "1")]).await;
    assert!(shown.contains("from the target"), "{shown}");
    assert_eq!((proxy.connections(), target.connections()), (0, 1));
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_used_where_the_host_says_so() {
    let proxy = Server::start(|_| page("text/plain", "from the proxy")).await;
    let url = "http://page.example.org/a";
    let shown = fetch_in_child(url, &proxy, &[("WEB_TEST_PROXY", "1")]).await;
    assert!(shown.contains("from the proxy"), "{shown}");
    assert!(proxy.heads()[0].starts_with("GET http://page.example.org/a "));
}

#[tokio::test]
async fn a_proxy_is_no_target() {
    let proxy = Server::start(|_| page("text/plain", "from the proxy")).await;
    let settings = [("WEB_TEST_PROXY", "1"), ("WEB_TEST_PRIVATE", "1")];
    for port in [proxy.address.port(), 8080] {
        let url = format!("http://127.0.0.1:{port}/");
        let shown = fetch_in_child(&url, &proxy, &settings).await;
        assert!(shown.contains("it is a proxy of this machine"), "{shown}");
    }
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn a_proxy_is_not_asked_for_what_is_closed() {
    let proxy = Server::start(|_| page("text/plain", "from the proxy")).await;
    for url in [
        "http://169.254.169.254/",
        "http://localhost/",
        "http://10.0.0.1/",
    ] {
        let shown = fetch_in_child(url, &proxy, &[("WEB_TEST_PROXY", "1")]).await;
        assert!(shown.contains("was not fetched"), "{shown}");
    }
    assert_eq!(proxy.connections(), 0);
}
