use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Receiver, ReceiverKind};

use super::signature::Function;
use crate::attributes::print;
use crate::error::{Code, Errors};

/// How a method takes the value whose tools it is one of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Not at all.
    None,
    /// `&self`
    Shared,
    /// `self: &Arc<Self>`
    SharedHandle,
    /// `self: Arc<Self>`
    Handle,
}

impl Access {
    /// Reads the receiver of a method.
    pub(super) fn of(method: &Function, errors: &mut Errors) -> Self {
        let Some(receiver) = method.receiver() else {
            return Self::None;
        };
        read(receiver).unwrap_or_else(|| {
            errors.at(
                receiver,
                Code::T09,
                format!(
                    "`{}` would need the whole value, but calls share it",
                    print(receiver)
                ),
                "write `&self`, and keep what changes in a `Mutex`",
            );
            Self::Shared
        })
    }

    /// The receiver, made of the handle in `this`.
    pub(super) fn pass(self, this: &impl ToTokens) -> Option<TokenStream> {
        match self {
            Self::None => None,
            Self::Shared => Some(quote!(&*#this,)),
            Self::SharedHandle => Some(quote!(&#this,)),
            Self::Handle => Some(quote!(__aw::std::sync::Arc::clone(&#this),)),
        }
    }
}

fn read(receiver: &Receiver) -> Option<Access> {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => Some(Access::Shared),
        ReceiverKind::Typed(_, ty) => {
            let text = ty.to_token_stream().to_string().replace(' ', "");
            let is_handle = text.ends_with("Arc<Self>");
            match text.strip_prefix('&') {
                Some("Self") => Some(Access::Shared),
                Some(shared) if is_handle && !shared.starts_with("mut") => {
                    Some(Access::SharedHandle)
                }
                None if is_handle => Some(Access::Handle),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reports a receiver of a function that stands alone.
pub(super) fn refuse(function: &Function, errors: &mut Errors) {
    if let Some(receiver) = function.receiver() {
        errors.at(
            receiver,
            Code::T07,
            "`#[tool]` stands on a method whose `impl` has no `#[tools]`",
            "put `#[tools]` on the `impl`",
        );
    }
}
