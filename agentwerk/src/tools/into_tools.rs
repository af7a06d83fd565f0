use std::sync::Arc;

use super::tool::Tool;
use super::typed::TypedTool;

/// What `Agent::tool` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "not a tool",
    note = "a tool is a `#[tool]` function's type (`read_config` → `ReadConfig`), a built-in such as `ReadFileTool`, or `Tool::new(..)…handler(..)`"
)]
pub trait IntoTool {
    /// Makes the tool.
    fn into_tool(self) -> Tool;
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
    note = "pass an array, a `Vec` or a tuple of tools; for one tool use `.tool(..)`"
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
