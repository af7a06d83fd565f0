//! A network under test control: names lead where the test says, and each address that passes the
//! checks of the tool stands for the server of the test.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use agentwerk::tools::WebFetchTool;
use agentwerk::tools::builtin::{Lookup, Network};

#[derive(Clone)]
pub(crate) struct FakeNetwork {
    server: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The answers for a name, one for each question; the last one stays.
    names: HashMap<String, Vec<Vec<IpAddr>>>,
    asked: Vec<String>,
    connected: Vec<IpAddr>,
}

impl FakeNetwork {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self {
            server,
            state: Arc::default(),
        }
    }

    /// Adds an answer for a name.
    pub(crate) fn name(self, name: &str, addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        let addresses = addresses.collect();
        let mut state = self.state.lock().unwrap();
        let answers = state.names.entry(name.to_owned()).or_default();
        answers.push(addresses);
        drop(state);
        self
    }

    /// The tool on this network.
    pub(crate) fn tool(&self) -> WebFetchTool {
        WebFetchTool.network(self.clone())
    }

    /// The names that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// The addresses that may be connected to, as they were after the checks.
    pub(crate) fn connected(&self) -> Vec<IpAddr> {
        self.state.lock().unwrap().connected.clone()
    }
}

impl Network for FakeNetwork {
    fn lookup(&self, name: &str) -> Lookup {
        let mut state = self.state.lock().unwrap();
        state.asked.push(name.to_owned());
        let answer = state.names.get_mut(name).map(|answers| {
            if answers.len() > 1 {
                answers.remove(0)
            } else {
                answers[0].clone()
            }
        });
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name")) })
    }

    fn socket(&self, checked: IpAddr) -> SocketAddr {
        self.state.lock().unwrap().connected.push(checked);
        self.server
    }
}
