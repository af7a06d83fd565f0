use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, FnArg, GenericParam, Generics, Ident, Receiver, ReturnType, Token, Type, Visibility,
    token,
};

use super::parameter::strip;
use crate::error::{Code, Errors};

/// A function whose body is not looked at.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// What stands before `fn`, and the word itself.
    qualifiers: Vec<TokenTree>,
    pub(crate) name: Ident,
    generics: Generics,
    parenthesis: token::Paren,
    pub(crate) inputs: Vec<FnArg>,
    /// `...`
    variadic: Option<Token![...]>,
    pub(crate) output: ReturnType,
    /// One group in braces, or `;`.
    body: TokenTree,
}

impl Function {
    /// Parses a function, or gives the tokens that are left of the item when it is none.
    pub(super) fn parse(item: TokenStream, errors: &mut Errors) -> Result<Self, TokenStream> {
        let parse = |input: ParseStream<'_>| Self::read(input, errors);
        parse.parse2(item.clone()).map_err(|error| {
            errors.syntax_in(error, &item);
            leftover(item)
        })
    }

    fn read(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let qualifiers = qualifiers(input)?;
        let name = input.call(Ident::parse_any)?;
        let generics: Generics = input.parse()?;
        let content;
        let parenthesis = syn::parenthesized!(content in input);
        let mut function = Self {
            attributes,
            visibility,
            qualifiers,
            name,
            generics,
            parenthesis,
            inputs: Vec::new(),
            variadic: None,
            output: ReturnType::Default,
            body: Punct::new(';', Spacing::Alone).into(),
        };
        function.parse_inputs(&content, errors);
        function.output = input.parse()?;
        function.generics.where_clause = input.parse()?;
        if !input.peek(token::Brace) && !input.peek(Token![;]) {
            return Err(input.error("expected the body of the function"));
        }
        function.body = input.parse()?;
        Ok(function)
    }

    fn parse_inputs(&mut self, input: ParseStream<'_>, errors: &mut Errors) {
        while !input.is_empty() {
            if input.peek(Token![...]) {
                self.variadic = input.parse().ok();
            } else {
                match input.parse() {
                    Ok(parameter) => {
                        self.inputs.push(parameter);
                        if !input.is_empty() && !input.peek(Token![,]) {
                            errors.syntax(input.error("expected `,`"));
                        }
                    }
                    Err(error) => errors.syntax(error),
                }
            }
            skip_comma(input);
        }
    }

    pub(super) fn is_async(&self) -> bool {
        self.qualifier("async").is_some()
    }

    fn qualifier(&self, word: &str) -> Option<&TokenTree> {
        let mut qualifiers = self.qualifiers.iter();
        qualifiers.find(|token| token.to_string() == word)
    }

    /// Reports what a tool cannot be.
    pub(super) fn check(&self, errors: &mut Errors) {
        let name = &self.name;
        for wrong in ["unsafe", "safe", "extern", "gen"] {
            if let Some(token) = self.qualifier(wrong) {
                let text = format!("a tool cannot be `{wrong}`");
                let help = "write a plain `fn` or `async fn` that calls it";
                errors.at(token, Code::T15, text, help);
            }
        }
        if let Some(dots) = &self.variadic {
            let text = "a tool cannot have a variable number of parameters";
            errors.at(dots, Code::T15, text, "take a `Vec` instead");
        }
        for parameter in &self.generics.params {
            // Lifetimes are those of what is lent to the function.
            if !matches!(parameter, GenericParam::Lifetime(_)) {
                let text = format!("tool `{name}` is generic, but a tool has one schema");
                let help = "write a function with concrete types that calls it";
                errors.at(parameter, Code::T06, text, help);
            }
        }
        if let TokenTree::Punct(semicolon) = &self.body {
            let text = "a tool needs a body";
            errors.at(semicolon, Code::T15, text, "write `{ … }`");
        }
    }

    pub(super) fn receiver(&self) -> Option<&Receiver> {
        match self.inputs.first()? {
            FnArg::Receiver(receiver) => Some(receiver),
            FnArg::Typed(_) => None,
        }
    }

    /// The type after `->`.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.output {
            ReturnType::Default => None,
            ReturnType::Type(_, output) => Some(output),
        }
    }
}

/// What stands before the name, with the word `fn`.
fn qualifiers(input: ParseStream<'_>) -> syn::Result<Vec<TokenTree>> {
    let start = input.cursor();
    let mut qualifiers = Vec::new();
    while !input.peek(Token![fn]) {
        match input.parse()? {
            token @ (TokenTree::Ident(_) | TokenTree::Literal(_)) => qualifiers.push(token),
            _ => return Err(no_function(start)),
        }
        if input.is_empty() {
            return Err(no_function(start));
        }
    }
    qualifiers.push(input.parse()?);
    Ok(qualifiers)
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attributes,
            visibility,
            qualifiers,
            name,
            generics,
            inputs,
            variadic,
            output,
            body,
            ..
        } = self;
        tokens.extend(quote!(#(#attributes)* #visibility #(#qualifiers)* #name #generics));
        self.parenthesis.surround(tokens, |tokens| {
            tokens.extend(quote!(#(#inputs,)* #variadic));
        });
        let condition = &generics.where_clause;
        tokens.extend(quote!(#output #condition #body));
    }
}

fn no_function(start: syn::buffer::Cursor<'_>) -> syn::Error {
    let text = format!(
        "[{:?}] `#[tool]` stands on something that is not a function\n\
         help: put it on a `fn` or an `async fn`",
        Code::T15
    );
    syn::Error::new(start.span(), text)
}

/// Skips to the next parameter. A comma between angle brackets does not end one.
fn skip_comma(input: ParseStream<'_>) {
    let mut depth = 0_usize;
    let mut last = ' ';
    while let Ok(token) = input.parse::<TokenTree>() {
        let punct = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match punct {
            ',' if depth == 0 => return,
            '<' => depth += 1,
            '>' if last != '-' => depth = depth.saturating_sub(1),
            _ => {}
        }
        last = punct;
    }
}

/// An item that could not be parsed, as far as it is whole: rustc calls the macro with nothing
/// else, but an editor does while its user types.
fn leftover(item: TokenStream) -> TokenStream {
    let item = strip(item);
    match item.clone().into_iter().last() {
        Some(TokenTree::Group(group)) if group.delimiter() == proc_macro2::Delimiter::Brace => item,
        Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => item,
        _ => TokenStream::new(),
    }
}
