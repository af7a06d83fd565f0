use serde::{Deserialize, Serialize};

/// How much a model thinks before it answers. What each level means is the vendor's choice; a level
/// that a vendor does not have is sent as the nearest that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasoningEffort {
    /// Not at all, where the vendor allows that.
    None,
    /// As little as possible.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// More.
    XHigh,
    /// As much as the model can.
    Max,
}
