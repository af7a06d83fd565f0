//! Ids of tool calls that a vendor did not give, or would not take back.
//!
//! A conversation can move from one vendor to another, and each has its own rule for ids. A new id
//! is a function of the old one alone, so a call and its result get the same one, at every turn
//! and in every process, and the encoded conversation stays byte for byte the same.

use std::borrow::Cow;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The length that Mistral demands; nine characters hold 53 bits, enough for any conversation.
const LENGTH: usize = 9;

/// The id as Mistral takes it: exactly nine of `[A-Za-z0-9]`.
///
/// One that fits stays as it is, so an id of Mistral's own maps to itself.
///
/// Source: error 3280 of api.mistral.ai, quoted in `openclaw/openclaw#57672`, read 2026-11.
pub(crate) fn nine_alphanumeric(id: &str) -> Cow<'_, str> {
    if id.len() == LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(made_of(id))
    }
}

/// The id as Anthropic takes it: any number of `[A-Za-z0-9_-]`.
///
/// Source: the refusal with this pattern, quoted in `maximhq/bifrost#5097`, read 2026-11.
pub(crate) fn word(id: &str) -> Cow<'_, str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !id.is_empty() && id.bytes().all(fits) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(made_of(id))
    }
}

/// An id for what has none: the same text gives the same id.
pub(crate) fn made_of(text: &str) -> String {
    let mut rest = fnv1a(text.as_bytes());
    let mut id = String::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let digit = usize::try_from(rest % 62).unwrap_or_default();
        id.push(char::from(ALPHABET[digit]));
        rest /= 62;
    }
    id
}

/// FNV-1a over 64 bits. The hasher of the standard library promises no fixed result.
fn fnv1a(bytes: &[u8]) -> u64 {
    let start: u64 = 0xcbf2_9ce4_8422_2325;
    bytes.iter().fold(start, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
#[path = "tests/call_id.rs"]
mod tests;
