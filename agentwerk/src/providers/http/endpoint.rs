use reqwest::Url;

use crate::providers::ProviderError;

/// What requests add to a base URL, so that no base URL ends in it.
const REQUEST_PATHS: [&str; 2] = ["/chat/completions", "/messages"];

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
    /// Puts the path behind a base URL, and `/v1/` between them where the base URL has no version.
    ///
    /// # Errors
    /// The base URL is none, or no `http` one, or the address of a request.
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
        if let Some(ending) = REQUEST_PATHS.iter().find(|end| trimmed.ends_with(**end)) {
            let what = format!("the base URL ends in `{ending}`\nhint: leave that part out");
            return Err(misconfigured(&what, None));
        }
        let version = if has_version(trimmed) { "" } else { "/v1" };
        let versioned = format!("{trimmed}{version}");
        let prefix = versioned.strip_suffix("/v1").unwrap_or(&versioned);
        let base = format!("{}://{host}{prefix}", url.scheme());
        url.set_path(&format!("{versioned}/{path}"));
        Ok(Self { url, base, host })
    }
}

/// Whether a part of the path is a version, as in `/v1`, `/v1beta/openai` and `/api/paas/v4`.
fn has_version(path: &str) -> bool {
    let is_version = |part: &str| {
        part.strip_prefix('v').is_some_and(|rest| {
            rest.starts_with(|first: char| first.is_ascii_digit())
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    path.split('/').any(is_version)
}

#[cfg(test)]
#[path = "tests/endpoint.rs"]
mod tests;
