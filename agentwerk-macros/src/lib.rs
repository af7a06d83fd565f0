//! The macros of agentwerk. Use them through the `agentwerk` crate, which re-exports them.

use proc_macro::TokenStream;

/// Turns a function into a tool.
#[proc_macro_attribute]
pub fn tool(_attributes: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Makes a type the result of a ticket.
#[proc_macro_derive(TicketResult, attributes(result, schemars, serde, validate, garde))]
pub fn ticket_result(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}
