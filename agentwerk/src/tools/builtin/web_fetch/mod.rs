//! Fetching pages from the web, where neither the model that asks nor the server that answers is
//! trusted.
//!
//! # Invariants
//! - No connection is made before its address was checked, and none to another address than that.
//! - What a server sends is bounded in time and size, whatever it claims.
//! - The text of a page reaches the model in a frame that the page cannot close.

mod address;
mod elements;
mod fetch;
mod hosts;
mod markdown;
mod markup;
mod media;
mod page;
mod resolve;
mod target;
mod tokens;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::timeout;

pub use hosts::HostError;
pub use resolve::{Lookup, Network};

use crate::chat::ToolSpec;
use crate::tools::offload::run_blocking;
use crate::tools::typed::schema_of_args;
use crate::tools::{ToolContext, ToolError, ToolResult, TypedTool};
use hosts::pattern;
use resolve::{Guard, System, proxy_hosts};
use target::Rules;

/// To connect, the look-up of the name and TLS included.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// From the call to its result.
const TOTAL_MAX: Duration = Duration::from_secs(30);
/// Bytes of a body, after decompression.
const BODY_BYTES_MAX: usize = 5_000_000;

// What the model gives. A comment for rustdoc would be sent to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebFetchArgs {
    /// The address of the page, with `http://` or `https://`.
    url: String,
    /// The first byte of the text to show; 0 is its beginning.
    #[serde(default)]
    offset: usize,
}

/// Fetches a page from the web and reads it as Markdown or text.
///
/// `.tool(WebFetchTool)` registers it with its defaults; the methods change them.
///
/// What is asked for and what answers are both taken for hostile. Only `http` and `https` are
/// spoken, on any port that browsers allow. A name is looked up once; each address that it leads to
/// must be one of the internet, and the connection goes to the addresses that were checked. So it is
/// with each redirect, of which five are followed, and none from `https` to `http`. No cookie,
/// referrer, password or proxy of the environment is used. Behind NAT64 alone, names lead to
/// translated addresses and are refused.
///
/// The model reads the text in a frame that the page cannot close, with the advice to follow no
/// instructions in it. That lowers the risk and does not end it: an agent that also reads secrets
/// should be held to hosts that you trust, by [`allow_hosts`](WebFetchTool::allow_hosts).
///
/// # Units and limits
/// One call takes at most 30 s, 10 s of them to connect. Of a body 5,000,000 bytes are read after
/// decompression, and of a page in HTML 1,000,000 bytes of text and structure are kept, nested 24
/// levels deep. A thread that is turning those into Markdown when the time is over finishes that
/// step; the call does not wait for it. One call shows 40,000 bytes of text and says where to go on; going on fetches the
/// page again. A URL has at most 4,000 bytes.
///
/// # What the model is told
/// With [`allow_hosts`](WebFetchTool::allow_hosts) or
/// [`allow_private`](WebFetchTool::allow_private) the sentence on public addresses says instead what
/// can be asked.
///
#[doc = include_str!("web_fetch.md")]
#[derive(Clone)]
#[must_use = "a tool does nothing until an agent has it"]
pub struct WebFetchTool {
    rules: Rules,
    timeout: Duration,
    bytes_max: usize,
    /// `None` is that of this machine.
    network: Option<Arc<dyn Network>>,
    /// Made at the first call, because making it can fail and making a tool cannot.
    client: OnceLock<reqwest::Client>,
}

/// The tool with its defaults, as in `.tool(WebFetchTool)`; the methods of the type change them.
#[expect(
    non_upper_case_globals,
    reason = "like the other tools, it is a value by its name alone"
)]
#[expect(
    clippy::declare_interior_mutable_const,
    reason = "each use is a tool of its own, with a client of its own"
)]
pub const WebFetchTool: WebFetchTool = WebFetchTool::new();

impl WebFetchTool {
    /// The tool with its defaults.
    pub const fn new() -> Self {
        Self {
            rules: Rules {
                hosts: None,
                allow_private: false,
                proxies: Vec::new(),
            },
            timeout: TOTAL_MAX,
            bytes_max: BODY_BYTES_MAX,
            network: None,
            client: OnceLock::new(),
        }
    }

    /// Lets the model ask these hosts and no others: `docs.rs` is that host alone, `*.example.org`
    /// all names below `example.org`. Redirects are held to it too. A second call adds hosts; with
    /// an empty list none may be asked. Ports are not told apart.
    ///
    /// # Errors
    /// [`HostError`] names an entry that is no host, such as a URL, and says what to write.
    pub fn allow_hosts(
        mut self,
        hosts: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, HostError> {
        let allowed = self.rules.hosts.get_or_insert_default();
        for host in hosts {
            allowed.push(pattern(host.as_ref())?);
        }
        Ok(self.renewed())
    }

    /// Lets the model ask the private networks of this host, and this host itself: for tests and
    /// intranets. Addresses that hand out credentials to clouds stay closed.
    pub fn allow_private(mut self, allow: bool) -> Self {
        self.rules.allow_private = allow;
        self.renewed()
    }

    /// Sets the limit of one call, in which the page is fetched and read; 30 s unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the limit of a body after decompression; 5,000,000 bytes unless set. Of a larger one the
    /// beginning is read.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.bytes_max = bytes;
        self
    }

    /// Sends requests through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` names; unset,
    /// they go straight. The variables are read here; the proxies are not asked for pages of their
    /// own. A proxy looks names up itself, so that where they lead is not checked here:
    /// it must keep requests out of inner networks, or [`allow_hosts`](Self::allow_hosts) must.
    pub fn use_proxy_from_env(mut self, allow: bool) -> Self {
        self.rules.proxies = if allow { proxy_hosts() } else { Vec::new() };
        self.renewed()
    }

    /// Fetches from another network, as a test does.
    #[doc(hidden)]
    pub fn network(mut self, network: impl Network) -> Self {
        self.network = Some(Arc::new(network));
        self.renewed()
    }

    /// A client that was made before goes by other rules.
    fn renewed(mut self) -> Self {
        self.client = OnceLock::new();
        self
    }

    fn client(&self) -> Result<&reqwest::Client, ToolError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let network = self.network.clone();
        let guard = Guard {
            network: network.unwrap_or_else(|| Arc::new(System)),
            rules: self.rules.clone(),
        };
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_MAX)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Each request is looked up and checked, and its connection ends with it.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("agentwerk/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(guard);
        let builder = if self.rules.proxies.is_empty() {
            builder.no_proxy()
        } else {
            builder
        };
        let client = builder.build().map_err(|error| error.without_url())?;
        Ok(self.client.get_or_init(|| client))
    }
}

impl Default for WebFetchTool {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WebFetchTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebFetchTool")
            .field("rules", &self.rules)
            .field("timeout", &self.timeout)
            .field("bytes_max", &self.bytes_max)
            .finish_non_exhaustive()
    }
}

impl TypedTool for WebFetchTool {
    type Args = WebFetchArgs;
    type Output = Result<ToolResult, ToolError>;

    fn spec(&self) -> ToolSpec {
        let description = self.rules.describe(include_str!("web_fetch.md").trim());
        ToolSpec::new("web_fetch", description)
            .schema(schema_of_args::<WebFetchArgs>())
            .read_only(true)
    }

    async fn call(&self, args: WebFetchArgs, context: &ToolContext) -> Self::Output {
        let client = self.client()?;
        let cancel = context.cancel().child_token();
        // The thread that reads the page ends with the call, however that ends.
        let _guard = cancel.clone().drop_guard();
        let reading = async {
            let fetched = fetch::fetch(client, &self.rules, &args.url, self.bytes_max).await?;
            run_blocking(cancel.clone(), move || {
                let page = page::show(&fetched, args.offset, &cancel);
                page.map(ToolResult::success).map_err(ToolError::fail)
            })
            .await
        };
        timeout(self.timeout, reading).await.unwrap_or_else(|_| {
            Err(ToolError::fail(format!(
                "The page could not be fetched and read within {} seconds. Fetch another page, or \
                 try again later.",
                self.timeout.as_secs_f32()
            )))
        })
    }
}
