use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, Token, Type};

use crate::error::Code;

/// An `impl` of a type, with its members one by one, and their bodies unread.
pub(super) struct Members {
    pub(super) attributes: Vec<Attribute>,
    pub(super) generics: Generics,
    pub(super) ty: Type,
    pub(super) members: Vec<Member>,
}

/// One thing in an `impl`.
pub(super) enum Member {
    /// A function with `#[tool(..)]`, and the rest.
    Tool(Box<Attribute>, TokenStream),
    /// Anything else, as it is.
    Other(TokenStream),
}

impl Parse for Members {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![impl]>()?;
        let mut generics: Generics = if input.peek(Token![<]) {
            input.parse()?
        } else {
            Generics::default()
        };
        let ty: Type = input.parse()?;
        if input.peek(Token![for]) {
            return Err(no_set(ty));
        }
        generics.where_clause = input.parse()?;
        let content;
        syn::braced!(content in input);
        let members = split(content.parse()?).into_iter().map(Member::read);
        Ok(Self {
            attributes,
            generics,
            ty,
            members: members.collect(),
        })
    }
}

impl Member {
    fn read(tokens: TokenStream) -> Self {
        let parse = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let rest: TokenStream = input.parse()?;
            Ok((attributes, rest))
        };
        let Ok((attributes, rest)) = parse.parse2(tokens.clone()) else {
            return Self::Other(tokens);
        };
        let (tool, kept): (Vec<_>, Vec<_>) = attributes.into_iter().partition(is_tool);
        match tool.as_slice() {
            [tool, ..] => Self::Tool(Box::new(tool.clone()), quote!(#(#kept)* #rest)),
            [] => Self::Other(tokens),
        }
    }
}

fn no_set(of_trait: Type) -> syn::Error {
    let text = format!(
        "[{:?}] `#[tools]` stands on an `impl` of a trait\n\
         help: put it on an `impl` of the type itself",
        Code::T15
    );
    syn::Error::new_spanned(of_trait, text)
}

/// `#[tool]`, by whichever path.
fn is_tool(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == "tool")
}

/// The members of an `impl`, each with all of its tokens. The last one may be incomplete.
///
/// A `const` with braces in its value is two members then, which does no harm: both are written
/// back.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut members = Vec::new();
    let mut member: Vec<TokenTree> = Vec::new();
    // How many `<` are open: braces between them are an argument, as in `Page<u8, { SIZE }>`.
    let mut depth = 0_usize;
    for token in tokens {
        let is_end = match &token {
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    '<' => depth += 1,
                    '>' if !is_arrow(member.last()) => depth = depth.saturating_sub(1),
                    _ => {}
                }
                punct.as_char() == ';'
            }
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && depth == 0,
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        member.push(token);
        if is_end {
            depth = 0;
            members.push(member.drain(..).collect());
        }
    }
    if !member.is_empty() {
        members.push(member.into_iter().collect());
    }
    members
}

/// Whether a `>` behind this token ends an arrow.
fn is_arrow(before: Option<&TokenTree>) -> bool {
    matches!(before, Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '-' | '='))
}
