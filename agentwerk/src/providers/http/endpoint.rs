use reqwest::Url;

use crate::providers::ProviderError;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// The whole address.
    pub(crate) url: Url,
    /// The base URL in one form, whether it was given with or without `/` and `/v1` at its end.
    pub(crate) base: String,
    /// Host and port, which is all that an error shows.
    pub(crate) host: String,
}

impl Endpoint {
    /// Puts `/v1/` and the path behind a base URL that may end in `/`, in `/v1` or in neither.
    ///
    /// # Errors
    /// The base URL is none, or no `http` one.
    pub(crate) fn resolve(base_url: &str, path: &str) -> Result<Self, ProviderError> {
        let misconfigured = |what: &str, source| ProviderError::Misconfigured {
            what: what.to_owned(),
            source,
        };
        let mut url = Url::parse(base_url.trim()).map_err(|error| {
            misconfigured("the base URL is not a URL", Some(Box::new(error) as _))
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let what = "the base URL must begin with `http://` or `https://`";
            return Err(misconfigured(what, None));
        }
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(misconfigured("the base URL has no host", None)),
        };
        let trimmed = url.path().trim_end_matches('/');
        let prefix = trimmed.strip_suffix("/v1").unwrap_or(trimmed).to_owned();
        let base = format!("{}://{host}{prefix}", url.scheme());
        url.set_path(&format!("{prefix}/v1/{path}"));
        Ok(Self { url, base, host })
    }
}

#[cfg(test)]
#[path = "tests/endpoint.rs"]
mod tests;
