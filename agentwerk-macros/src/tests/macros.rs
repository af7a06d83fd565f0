use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;

use crate::error::Expansion;
use crate::result::expand_result;
use crate::tool::{expand_tool, expand_tools};

/// Expands the macro that stands on an item, as rustc would.
pub(super) fn expand(item: &str) -> Expansion {
    let tokens: TokenStream = item.parse().unwrap();
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for place in 0..tokens.len() {
        let (TokenTree::Punct(hash), Some(TokenTree::Group(group))) =
            (&tokens[place], tokens.get(place + 1))
        else {
            continue;
        };
        if hash.as_char() != '#' {
            continue;
        }
        let Some((name, arguments)) = read(group) else {
            continue;
        };
        let is_derive = name == "derive" && arguments.to_string().contains("TicketResult");
        if is_derive || name == "tool" || name == "tools" {
            tokens.drain(place..place + 2);
            let item = tokens.into_iter().collect();
            return match name.as_str() {
                "tool" => expand_tool(arguments, item),
                "tools" => expand_tools(arguments, item),
                _ => expand_result(item),
            };
        }
    }
    panic!("there is no macro on `{item}`");
}

/// The name of an attribute and what stands in its parentheses.
fn read(attribute: &Group) -> Option<(String, TokenStream)> {
    let mut tokens = attribute.stream().into_iter();
    let TokenTree::Ident(name) = tokens.next()? else {
        return None;
    };
    let arguments = match tokens.next() {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    };
    Some((name.to_token_stream().to_string(), arguments))
}
