//! The macros of agentwerk. Use them through the `agentwerk` crate, which re-exports them and
//! shows how.
//!
//! Each macro is a function from tokens to an `Expansion`: the tokens that stand even beside
//! errors, and all errors at once, each at the smallest token that is wrong.

#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unwrap_used
    )
)]

use proc_macro::TokenStream;
use quote::{ToTokens, quote};

mod attributes;
mod completion;
mod error;
mod keys;
mod limits;
mod own_type;
mod result;
mod serde;
mod settings;
#[cfg(test)]
mod tests;
mod tool;

// The docs of the three macros stand where the library re-exports them, which would show these as well.
#[expect(missing_docs, reason = "see above")]
#[proc_macro_attribute]
pub fn tool(attributes: TokenStream, item: TokenStream) -> TokenStream {
    tool::expand_tool(attributes.into(), item.into())
        .into_tokens()
        .into()
}

#[expect(missing_docs, reason = "see above")]
#[proc_macro_attribute]
pub fn tools(attributes: TokenStream, item: TokenStream) -> TokenStream {
    tool::expand_tools(attributes.into(), item.into())
        .into_tokens()
        .into()
}

#[expect(missing_docs, reason = "see above")]
#[proc_macro_derive(TicketResult, attributes(result, schemars, serde, validate, garde))]
pub fn ticket_result(item: TokenStream) -> TokenStream {
    result::expand_result(item.into()).into_tokens().into()
}

/// Modules with a name per key, into which generated code points for completion in editors.
#[doc(hidden)]
#[proc_macro]
pub fn __hints(_: TokenStream) -> TokenStream {
    completion::hints().into()
}

/// The keys of an attribute as a table in Markdown, for the docs of `agentwerk`.
#[doc(hidden)]
#[proc_macro]
pub fn __keys(module: TokenStream) -> TokenStream {
    match completion::table(&module.to_string()) {
        Some(table) => table.to_token_stream().into(),
        None => quote!(::core::compile_error!("there is no such table of keys")).into(),
    }
}
