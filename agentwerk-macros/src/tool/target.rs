use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Generics, PathArguments, Token, Type, WherePredicate};

use super::receiver::Access;
use crate::own_type::replace_self;

/// What a tool is made of.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// A function; the tool is a type without fields.
    Function { ty: &'a Ident },
    /// A method; the tool is a hidden type that holds the value.
    Method {
        set: &'a Type,
        generics: &'a Generics,
        access: Access,
    },
}

impl Target<'_> {
    /// The type that is the tool.
    pub(super) fn ty(&self) -> TokenStream {
        match self {
            Self::Function { ty } => ty.to_token_stream(),
            Self::Method { generics, .. } => {
                let (_, arguments, _) = generics.split_for_impl();
                quote!(__Tool #arguments)
            }
        }
    }

    /// Its generics, and what has to be true of them.
    pub(super) fn generics(&self) -> (TokenStream, TokenStream) {
        match self {
            Self::Function { .. } => (TokenStream::new(), TokenStream::new()),
            Self::Method { set, generics, .. } => {
                let (parameters, _, _) = generics.split_for_impl();
                let predicates = self.own(predicates(generics));
                let shared = shared(set);
                (parameters.to_token_stream(), quote!(#shared #predicates))
            }
        }
    }

    /// The user's tokens away from the function: `Self` may stand for the type of the methods, and no
    /// lifetime has its name.
    pub(super) fn own(&self, tokens: impl ToTokens) -> TokenStream {
        let tokens = tokens.to_token_stream();
        match self {
            Self::Function { .. } => without_lifetimes(tokens),
            // Those of the `impl` are there, and those of the method are not told from them.
            Self::Method { set, generics, .. } => {
                let tokens = replace_self(tokens, &set.to_token_stream());
                match generics.lifetimes().next() {
                    None => without_lifetimes(tokens),
                    Some(_) => tokens,
                }
            }
        }
    }

    /// The same, of an expression: there, the generics of a type need a `::` in front.
    pub(super) fn own_value(&self, tokens: impl ToTokens) -> TokenStream {
        match self {
            Self::Function { .. } => tokens.to_token_stream(),
            Self::Method { set, .. } => {
                let mut set = (*set).clone();
                if let Type::Path(path) = &mut set
                    && let Some(last) = path.path.segments.last_mut()
                    && let PathArguments::AngleBracketed(arguments) = &mut last.arguments
                {
                    arguments.colon2_token.get_or_insert_default();
                }
                replace_self(tokens.to_token_stream(), &set.to_token_stream())
            }
        }
    }

    pub(super) fn callee(&self, name: &Ident) -> TokenStream {
        match self {
            Self::Function { .. } => name.to_token_stream(),
            Self::Method { set, .. } => quote!(<#set>::#name),
        }
    }

    /// Takes a handle to the value, where the method needs one.
    pub(super) fn handle(&self, this: &Ident) -> Option<TokenStream> {
        match self {
            Self::Method { access, .. } if *access != Access::None => {
                // The `self` of a generated method.
                let span = Span::mixed_site();
                Some(quote_spanned!(span=> let #this = __aw::std::sync::Arc::clone(&self.0);))
            }
            Self::Function { .. } | Self::Method { .. } => None,
        }
    }

    /// The first thing that the method takes.
    pub(super) fn receiver(&self, this: &Ident) -> Option<TokenStream> {
        match self {
            Self::Function { .. } => None,
            Self::Method { access, .. } => access.pass(this),
        }
    }
}

/// The tokens with `'_` for each lifetime that has a name.
fn without_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut is_lifetime = false;
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(name) if is_lifetime && name != "static" => {
                is_lifetime = false;
                Ident::new("_", name.span()).into()
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_lifetimes(group.stream()));
                inner.set_span(group.span());
                inner.into()
            }
            token => {
                is_lifetime = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
                token
            }
        })
        .collect()
}

/// The bound of a value that calls share between threads. It is taken as given here, and checked on
/// its own, so that it is reported once.
pub(super) fn shared(set: &Type) -> TokenStream {
    quote!(for<'__a> #set: __aw::AssumedShared<'__a>,)
}

fn predicates(generics: &Generics) -> Option<&Punctuated<WherePredicate, Token![,]>> {
    let condition = generics.where_clause.as_ref()?;
    Some(&condition.predicates)
}
