use proc_macro2::{Ident, Span, TokenStream};
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
                let predicates = predicates(generics);
                let shared = shared(set);
                (parameters.to_token_stream(), quote!(#shared #predicates))
            }
        }
    }

    /// The user's tokens, where `Self` may stand for the type of the methods.
    pub(super) fn own(&self, tokens: impl ToTokens) -> TokenStream {
        match self {
            Self::Function { .. } => tokens.to_token_stream(),
            Self::Method { set, .. } => {
                replace_self(tokens.to_token_stream(), &set.to_token_stream())
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

/// The bound of a value that calls share between threads. It is taken as given here, and checked on
/// its own, so that it is reported once.
pub(super) fn shared(set: &Type) -> TokenStream {
    quote!(for<'__a> #set: __aw::AssumedShared<'__a>,)
}

fn predicates(generics: &Generics) -> Option<&Punctuated<WherePredicate, Token![,]>> {
    let condition = generics.where_clause.as_ref()?;
    Some(&condition.predicates)
}
