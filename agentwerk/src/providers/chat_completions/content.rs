use serde::Deserialize;

/// The content of a delta: a text, or Mistral's typed chunks.
///
/// Source: `models/deltamessage.py` and `models/thinkchunk.py` in the wheel mistralai 3.7.0,
/// read 2026-11.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Chunks(Vec<ContentChunk>),
}

/// A chunk; those of a type that is not asked for (`reference`, `image_url`) carry no text.
#[derive(Deserialize)]
pub(super) struct ContentChunk {
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) thinking: Option<Content>,
    #[serde(default)]
    pub(super) signature: Option<String>,
}

impl Content {
    /// The text in it, without thoughts.
    pub(super) fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Chunks(chunks) => chunks.into_iter().filter_map(|chunk| chunk.text).collect(),
        }
    }
}
