//! One request after the other, each checked, until a page answers.

use std::error::Error;
use std::mem;

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, StatusCode, Url};

use super::media::{Media, shown_type};
use super::resolve::{Refused, Unknown};
use super::target::{Rules, host};
use crate::causes::with_causes;
use crate::tools::ToolError;

/// Redirects that are followed.
const HOPS_MAX: usize = 5;

/// Bytes of a body that explains an error, after decompression.
const ERROR_BODY_BYTES_MAX: usize = 100_000;

const ACCEPTED: &str = "text/html, application/xhtml+xml, application/json, text/*, */*;q=0.1";

/// A page as it came.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Where it stands.
    pub(super) url: Url,
    /// Where it was looked for before.
    pub(super) passed: Vec<Url>,
    pub(super) status: StatusCode,
    /// The header `content-type`.
    pub(super) content_type: String,
    pub(super) media: Media,
    /// The body, decompressed.
    pub(super) body: Vec<u8>,
    /// Whether more followed.
    pub(super) is_cut: bool,
}

/// Fetches a page and follows its redirects.
pub(super) async fn fetch(
    client: &Client,
    rules: &Rules,
    url: &str,
    bytes_max: usize,
) -> Result<Fetched, ToolError> {
    let mut url = rules.parse(url).map_err(ToolError::retry)?;
    let mut passed = Vec::new();
    loop {
        let request = client.get(url.clone()).header(ACCEPT, ACCEPTED);
        let answer = request.send().await;
        let response = answer.map_err(|error| not_fetched(&url, error))?;
        let Some(location) = location(&response) else {
            return read(url, passed, response, bytes_max).await;
        };
        if passed.len() == HOPS_MAX {
            return Err(ToolError::retry(format!(
                "`{}` redirects once more after {HOPS_MAX} redirects, and was left. Fetch another \
                 page.",
                host(&url)
            )));
        }
        let next = rules.follow(&url, location).map_err(ToolError::retry)?;
        passed.push(mem::replace(&mut url, next));
    }
}

fn location(response: &Response) -> Option<&str> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    response.headers().get(LOCATION)?.to_str().ok()
}

fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE);
    value.map_or_else(String::new, |value| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    })
}

async fn read(
    url: Url,
    passed: Vec<Url>,
    mut response: Response,
    bytes_max: usize,
) -> Result<Fetched, ToolError> {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !status.is_success() && !is_error {
        return Err(ToolError::fail(unsuccessful(&url, status)));
    }
    let bytes_max = if is_error {
        bytes_max.min(ERROR_BODY_BYTES_MAX)
    } else {
        bytes_max
    };
    let content_type = content_type(&response);
    let Some(media) = Media::of(&content_type) else {
        if is_error {
            return Err(ToolError::fail(unsuccessful(&url, status)));
        }
        return Err(ToolError::fail(format!(
            "`{}` answered with {}, and only text can be read. Fetch another page.",
            host(&url),
            shown_type(&content_type)
        )));
    };
    let mut body = Vec::new();
    let mut is_cut = false;
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            // The status says enough.
            Err(_) if is_error => break,
            Err(error) => return Err(not_fetched(&url, error)),
        };
        let room = bytes_max - body.len();
        is_cut = chunk.len() > room;
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if is_cut {
            break;
        }
    }
    Ok(Fetched {
        url,
        passed,
        status,
        content_type,
        media,
        body,
        is_cut,
    })
}

/// Says that a server gave no page.
pub(super) fn unsuccessful(url: &Url, status: StatusCode) -> String {
    let advice = match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => "Check the address, or fetch another page.",
        _ => "Fetch another page, or try again later.",
    };
    format!("`{}` answered {status}. {advice}", host(url))
}

/// Says why there is no page. The URL is taken out, because it may hold a secret.
fn not_fetched(url: &Url, error: reqwest::Error) -> ToolError {
    let error = error.without_url();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(found) = cause {
        if let Some(refused) = found.downcast_ref::<Refused>() {
            return ToolError::retry(refused.to_string());
        }
        if let Some(unknown) = found.downcast_ref::<Unknown>() {
            return ToolError::retry(unknown.to_string());
        }
        cause = found.source();
    }
    let text = with_causes(&error);
    ToolError::fail(format!(
        "`{}` could not be read: {text}. Check the address, or fetch another page.",
        host(url)
    ))
}
