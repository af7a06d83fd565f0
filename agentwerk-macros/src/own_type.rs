use proc_macro2::{Group, Spacing, TokenStream, TokenTree};
use quote::quote;

/// Replaces `Self` by the type of the user, in tokens that move into another type.
pub(crate) fn replace_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut replaced = TokenStream::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "Self" => {
                // The first of two colons; a bound has one.
                let is_path = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(punct))
                        if punct.as_char() == ':' && punct.spacing() == Spacing::Joint
                );
                // `Page<T>::LEN` would be a comparison.
                replaced.extend(if is_path { quote!(<#own>) } else { own.clone() });
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replace_self(group.stream(), own));
                inner.set_span(group.span());
                replaced.extend([TokenTree::Group(inner)]);
            }
            token => replaced.extend([token]),
        }
    }
    replaced
}
