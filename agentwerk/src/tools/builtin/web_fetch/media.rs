//! What kind of text a body is, and in which letters it is written.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::excerpt::head;

/// Bytes at the start that decide what an unnamed body is, and in which a page may name its
/// encoding.
///
/// Source: <https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding>
const PROBE_BYTES: usize = 1_024;
/// Bytes of a content type that is shown.
const TYPE_BYTES_MAX: usize = 80;

/// What may be in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Html,
    Text,
    /// The server does not know.
    Unnamed,
}

impl Media {
    /// Reads a `content-type`; `None` is a type that is no text.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        let essence = essence(content_type);
        let kind = match essence.as_str() {
            "text/html" | "application/xhtml+xml" => Self::Html,
            "" | "application/octet-stream" | "binary/octet-stream" => Self::Unnamed,
            "application/ecmascript"
            | "application/graphql"
            | "application/javascript"
            | "application/json"
            | "application/ndjson"
            | "application/sql"
            | "application/toml"
            | "application/x-javascript"
            | "application/x-ndjson"
            | "application/x-sh"
            | "application/x-yaml"
            | "application/xml"
            | "application/yaml" => Self::Text,
            other if other.starts_with("text/") => Self::Text,
            other if other.ends_with("+json") || other.ends_with("+xml") => Self::Text,
            _ => return None,
        };
        Some(kind)
    }

    /// Looks at a body whose kind the server does not know.
    pub(super) fn sniff(self, text: &str) -> Self {
        if self != Self::Unnamed {
            return self;
        }
        let start = head(text.trim_start(), 16).to_ascii_lowercase();
        if start.starts_with("<!doctype html") || start.starts_with("<html") {
            Self::Html
        } else {
            Self::Text
        }
    }
}

/// The type without its parameters.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// The type as it may be shown: what is no type could be any text.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
pub(super) fn shown_type(content_type: &str) -> String {
    let essence = essence(content_type);
    let is_token = |part: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_|~".contains(&byte);
        !part.is_empty() && part.bytes().all(is_part)
    };
    let is_type = essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    match essence.as_str() {
        "" => "no type".to_owned(),
        kind if is_type && kind.len() <= TYPE_BYTES_MAX => format!("`{kind}`"),
        _ => "an unknown type".to_owned(),
    }
}

/// Reads a body as text; `None` if it is none.
///
/// A byte order mark names the encoding, else the header, else the page itself. Without any of these
/// it is UTF-8 where that fits, and otherwise what browsers take western pages for.
pub(super) fn decode(content_type: &str, body: &[u8], is_cut: bool) -> Option<String> {
    let start = &body[..body.len().min(PROBE_BYTES)];
    let encoding = label(content_type, "charset=")
        .or_else(|| {
            let start = String::from_utf8_lossy(start);
            label(&start, "charset=").or_else(|| label(&start, "encoding="))
        })
        .unwrap_or_else(|| guess(body, is_cut));
    let (text, _, _) = encoding.decode(body);
    let is_binary = head(&text, PROBE_BYTES).contains('\0');
    (!is_binary).then(|| text.into_owned())
}

/// The encoding that stands behind a word.
fn label(text: &str, word: &str) -> Option<&'static Encoding> {
    let text = text.to_ascii_lowercase();
    let (_, rest) = text.split_once(word)?;
    let rest = rest.trim_start_matches([' ', '"', '\'']);
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_:.".contains(letter));
    Encoding::for_label(&rest.as_bytes()[..end.unwrap_or(rest.len())])
}

fn guess(body: &[u8], is_cut: bool) -> &'static Encoding {
    match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        // A body that was cut may end within a letter.
        Err(error) if is_cut && error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}
