use crate::schemas;

/// How one vendor's Chat Completions differ from the others'.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    /// The provider's name; also the name of the encoding, and the origin of its thoughts.
    pub(crate) name: &'static str,
    /// The role of the instructions above the conversation.
    pub(crate) system_role: &'static str,
    /// The field that caps a reply.
    pub(crate) reply_limit: ReplyLimit,
    /// Whether a stream reports its tokens unasked.
    pub(crate) usage: UsageReport,
    /// The form in which thoughts are kept and sent back.
    pub(crate) thinking: ThinkingForm,
    /// The rule for ids of tool calls.
    pub(crate) call_ids: CallIds,
    /// Whether the user may speak right after a tool.
    pub(crate) user_after_tool: UserAfterTool,
    /// The form of the tools' schemas, unless the provider is told otherwise.
    pub(crate) tools: schemas::dialect::Dialect,
}

/// The field that caps a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyLimit {
    MaxCompletionTokens,
    MaxTokens,
}

/// Whether a stream reports its tokens unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsageReport {
    /// Only with `stream_options.include_usage`.
    OnRequest,
    /// Always; the option is unknown.
    Always,
}

/// The form in which thoughts are kept and sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThinkingForm {
    /// They are shown while they arrive and not kept.
    NotKept,
    /// `thinking_blocks` beside the content.
    Blocks,
    /// Chunks of type `thinking` within the content.
    Chunks,
}

/// The rule for ids of tool calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallIds {
    /// Any text.
    Free,
    /// Exactly nine letters or digits.
    NineAlphanumeric,
}

/// Whether the user may speak right after a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserAfterTool {
    Allowed,
    /// The model must have said something in between.
    NeedsReply,
}
