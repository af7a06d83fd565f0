use std::sync::Arc;

use super::tool::Tool;
use super::typed::TypedTool;

/// What `Agent::tool` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "not a tool",
    note = "a tool is a `#[tool]` function's type (`read_config` → `ReadConfig`), a built-in such as `ReadFileTool`, or `Tool::new(..)…handler(..)`",
    note = "a value with `#[tools]`, and several tools, go to `.tools(..)`; a `Result` needs a `?`"
)]
pub trait IntoTool {
    /// Makes the tool.
    fn into_tool(self) -> Tool;

    /// The tool, with leave needed for every call; see [`Agent::approval`](crate::Agent::approval).
    fn requires_approval(self) -> Tool
    where
        Self: Sized,
    {
        self.into_tool().requires_approval()
    }

    /// The tool, deferred; see [`Tool::defer`].
    fn defer(self, deferred: bool) -> Tool
    where
        Self: Sized,
    {
        self.into_tool().defer(deferred)
    }
}

#[diagnostic::do_not_recommend]
impl<T: TypedTool> IntoTool for T {
    fn into_tool(self) -> Tool {
        Tool::typed(self)
    }
}

impl IntoTool for Tool {
    fn into_tool(self) -> Tool {
        self
    }
}

impl IntoTool for &Tool {
    fn into_tool(self) -> Tool {
        self.clone()
    }
}

/// A value that calls share between threads.
#[diagnostic::on_unimplemented(
    message = "[T22] `{Self}` cannot be shared by the calls of its tools",
    label = "cannot be sent or shared between threads",
    note = "keep what changes in a `Mutex` or an atomic, and what is shared in an `Arc`"
)]
pub trait SharedByCalls: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> SharedByCalls for T {}

/// [`SharedByCalls`] with a lifetime, for the bounds of generated code, which are checked where the
/// implementation is used.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "[T22] `{Self}` cannot be shared by the calls of its tools",
    label = "cannot be sent or shared between threads"
)]
pub trait AssumedShared<'a>: SharedByCalls {}

#[diagnostic::do_not_recommend]
impl<T: SharedByCalls> AssumedShared<'_> for T {}

#[doc(hidden)]
pub const fn check_set<T: SharedByCalls>() {}

/// Tools that share one value; `#[tools]` writes the implementation for a type with methods.
pub trait ToolSet: Send + Sync + 'static {
    /// Makes the tools, which all hold the value.
    fn tools(self: Arc<Self>) -> Vec<Tool>;
}

/// What `Agent::tools` takes: a type with `#[tools]` or an [`Arc`] of it, an array or a vector of tools of one type, or a tuple of different
/// ones, also nested.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a tool nor a set of tools",
    label = "not a tool",
    note = "pass a value with `#[tools]`, or an array, a `Vec` or a tuple of tools",
    note = "a tool is a `#[tool]` function's type (`read_config` → `ReadConfig`), not the function"
)]
pub trait IntoTools {
    /// Adds the tools to a list.
    fn collect_into(self, tools: &mut Vec<Tool>);
}

#[diagnostic::do_not_recommend]
impl<T: IntoTool> IntoTools for T {
    fn collect_into(self, tools: &mut Vec<Tool>) {
        tools.push(self.into_tool());
    }
}

impl<T: ToolSet> IntoTools for Arc<T> {
    fn collect_into(self, tools: &mut Vec<Tool>) {
        tools.extend(self.tools());
    }
}

impl<T: IntoTools, const N: usize> IntoTools for [T; N] {
    fn collect_into(self, tools: &mut Vec<Tool>) {
        for tool in self {
            tool.collect_into(tools);
        }
    }
}

impl<T: IntoTools> IntoTools for Vec<T> {
    fn collect_into(self, tools: &mut Vec<Tool>) {
        for tool in self {
            tool.collect_into(tools);
        }
    }
}

macro_rules! tuples {
    ($( ( $($name:ident)+ ) )*) => { $(
        impl<$($name: IntoTools),+> IntoTools for ($($name,)+) {
            fn collect_into(self, tools: &mut Vec<Tool>) {
                #[expect(non_snake_case, reason = "a variable per type parameter")]
                let ($($name,)+) = self;
                $( $name.collect_into(tools); )+
            }
        }
    )* };
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
}
