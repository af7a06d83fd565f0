use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;

use crate::error::Expansion;
use crate::result::expand_result;
use crate::tool::{expand_tool, expand_tools};

/// A macro and the item that it stands on.
#[derive(Clone)]
pub(super) struct Expanding {
    pub(super) name: &'static str,
    /// What stands in the parentheses of the attribute.
    pub(super) arguments: TokenStream,
    pub(super) item: TokenStream,
}

impl Expanding {
    /// Finds the macro on an item.
    pub(super) fn of(item: &str) -> Self {
        let tokens: TokenStream = item.parse().unwrap();
        let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for place in 1..tokens.len() {
            let (TokenTree::Punct(hash), TokenTree::Group(group)) =
                (&tokens[place - 1], &tokens[place])
            else {
                continue;
            };
            if hash.as_char() != '#' {
                continue;
            }
            if let Some((name, arguments)) = read(group) {
                tokens.drain(place - 1..=place);
                let item = tokens.into_iter().collect();
                return Self {
                    name,
                    arguments,
                    item,
                };
            }
        }
        panic!("there is no macro on `{item}`");
    }

    /// Does what rustc would do.
    pub(super) fn expand(self) -> Expansion {
        match self.name {
            "tool" => expand_tool(self.arguments, self.item),
            "tools" => expand_tools(self.arguments, self.item),
            _ => expand_result(self.item),
        }
    }
}

/// The name of a macro of ours and what stands in its parentheses.
fn read(attribute: &Group) -> Option<(&'static str, TokenStream)> {
    let mut tokens = attribute.stream().into_iter();
    let TokenTree::Ident(name) = tokens.next()? else {
        return None;
    };
    let arguments = match tokens.next() {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    };
    match name.to_token_stream().to_string().as_str() {
        "tool" => Some(("tool", arguments)),
        "tools" => Some(("tools", arguments)),
        "derive" if arguments.to_string().contains("TicketResult") => {
            Some(("derive", TokenStream::new()))
        }
        _ => None,
    }
}
