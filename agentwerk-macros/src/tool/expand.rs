//! The implementation of one tool, of a function or of a method.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Attribute;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::attribute::{Execution, Options};
use super::owned::Pass;
use super::parameter::{Argument, Parameter, Parameters};
use super::signature::Function;
use super::target::Target;
use crate::attributes::{Form, allowed, docs, has_key, hides_type, is_any, is_redescribed};
use crate::error::Errors;
use crate::serde::{Serde, pointer};

/// Everything that is known of a tool.
pub(super) struct Tool<'a> {
    pub(super) function: &'a Function,
    pub(super) parameters: &'a Parameters,
    pub(super) options: &'a Options,
    /// The name that the model calls.
    pub(super) name: &'a str,
    pub(super) target: Target<'a>,
}

impl ToTokens for Tool<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let ty = self.target.ty();
        let (generics, condition) = self.target.generics();
        let types = self.checked_types();
        let arguments = self.arguments();
        let spec = self.spec();
        let approval = self.approval();
        let states = self.states();
        let aliases = self.aliases();
        let call = self.call();
        // Types that break a bound are reported here, in our words. All that follows takes it as
        // given, and adds nothing.
        tokens.extend(quote! {
            const _: () = { #( __aw::check_arg::<#types>(); )* };
            #arguments
            impl #generics __aw::TypedTool for #ty
            where
                #(for<'__a> #types: __aw::AssumedArg<'__a>,)*
                #condition
            {
                type Args = __Args;
                type Output = __aw::std::result::Result<__aw::ToolResult, __aw::ToolError>;
                #spec
                #approval
                #states
                #aliases
                #call
            }
        });
    }
}

impl Tool<'_> {
    /// The tool; with errors one that does nothing, so that the uses of a wrong one are no errors as
    /// well.
    pub(super) fn or_stub(&self, errors: &Errors) -> TokenStream {
        if errors.is_empty() {
            self.to_token_stream()
        } else {
            stub(&self.target)
        }
    }

    /// The types that must say themselves how a model fills them in.
    fn checked_types(&self) -> Vec<TokenStream> {
        self.parameters
            .arguments()
            .filter(|argument| !is_redescribed(&argument.attributes))
            .filter_map(|argument| argument.owned.users.as_ref())
            .map(|users| self.target.own(users))
            .collect()
    }

    /// The hidden type of which the schema is made and into which a call is deserialised.
    fn arguments(&self) -> TokenStream {
        let fields = self.parameters.arguments().map(|argument| {
            let Argument {
                attributes,
                name,
                owned,
                default,
                ..
            } = argument;
            let path = default_name(argument).to_string();
            let default = default.as_ref().map(|_| quote!(#[serde(default = #path)]));
            let attributes = attributes.iter().map(|each| self.target.own(each));
            let ty = self.target.own(&owned.ty);
            quote!(#(#attributes)* #default #name: #ty)
        });
        // serde cannot flatten into a type that refuses unknown fields.
        let is_flat = self.parameters.arguments().any(|argument| {
            let attributes = &argument.attributes;
            has_key(attributes, &["serde"], "flatten", Some(Form::Bare))
        });
        let closed = (!is_flat).then(|| quote!(#[serde(deny_unknown_fields)]));
        let expecting = format!("an object with the arguments of `{}`", self.name);
        let types = self.checked_types();
        let defaults = self.defaults();
        quote! {
            #defaults
            #[derive(__aw::serde::Deserialize, __aw::schemars::JsonSchema)]
            #[serde(crate = "__aw::serde", expecting = #expecting)]
            #closed
            #[schemars(crate = "__aw::schemars")]
            pub struct __Args
            where
                #(for<'__a> #types: __aw::AssumedArg<'__a>,)*
            {
                #(#fields,)*
            }
        }
    }

    /// A function for each default, because serde takes the path of one.
    fn defaults(&self) -> TokenStream {
        let functions = self.parameters.arguments().filter_map(|argument| {
            let value = self.target.own_value(argument.default.as_ref()?);
            let name = default_name(argument);
            let kept = self.target.own(&argument.owned.ty);
            let body = if argument.owned.pass == Pass::Move {
                value
            } else {
                let ty = self.target.own(&argument.ty);
                quote! {
                    let value: #ty = #value;
                    __aw::std::borrow::ToOwned::to_owned(value)
                }
            };
            Some(quote!(fn #name() -> #kept { #body }))
        });
        quote!(#(#functions)*)
    }

    fn spec(&self) -> TokenStream {
        let tool = self.name;
        let docs = docs(&self.function.attributes);
        let settings = self.options.spec();
        let output = self.output().map(|output| {
            quote! {
                #[allow(unused_imports)]
                use __aw::{OutputWithSchema as _, OutputWithoutSchema as _};
                let spec = match (&__aw::output_of::<#output>()).schema() {
                    __aw::std::option::Option::Some(schema) => spec.output(schema),
                    __aw::std::option::Option::None => spec,
                };
            }
        });
        quote! {
            fn spec(&self) -> __aw::ToolSpec {
                let spec = __aw::ToolSpec::new(#tool, __aw::description(&[#(#docs),*]))
                    .schema(__aw::schema_of_args::<__Args>())
                    #settings;
                #output
                spec
            }
        }
    }

    /// The type that the function returns, where it can be named.
    fn output(&self) -> Option<TokenStream> {
        match self.function.output() {
            None => Some(quote!(())),
            Some(output) if hides_type(output) => None,
            Some(output) => Some(self.target.own(output)),
        }
    }

    /// Asks the user's function whether a call needs leave.
    fn approval(&self) -> Option<TokenStream> {
        let path = self.options.approval()?;
        // Its mistakes are reported at its name.
        let span = Span::mixed_site().located_at(path.span());
        let path = self.target.own(path);
        let args = Ident::new("__args", Span::mixed_site());
        let context = Ident::new("__context", Span::mixed_site());
        let values = self.parameters.arguments().map(|argument| {
            let pass = match argument.owned.pass {
                Pass::Move => Pass::Borrow,
                pass => pass,
            };
            argument.at(span).pass(&args, pass)
        });
        Some(quote_spanned! {span=>
            fn approval(&self, #args: &__Args, #context: &__aw::ToolContext) -> __aw::Approval {
                #path(#(#values,)* #context)
            }
        })
    }

    fn states(&self) -> Option<TokenStream> {
        let types: Vec<_> = self
            .parameters
            .injected()
            .map(|ty| self.target.own(ty))
            .collect();
        (!types.is_empty()).then(|| {
            quote! {
                fn states(&self) -> __aw::std::vec::Vec<__aw::StateType> {
                    let states = [#(<#types as __aw::FromContext<'_>>::state()),*];
                    __aw::std::iter::Iterator::collect(
                        __aw::std::iter::IntoIterator::into_iter(states).flatten()
                    )
                }
            }
        })
    }

    /// The other names of arguments, which the schema does not know.
    fn aliases(&self) -> Option<TokenStream> {
        let aliases: Vec<_> = self
            .parameters
            .arguments()
            .flat_map(|argument| {
                let serde = Serde::of(&argument.attributes);
                let name = argument.json_name(&serde);
                let aliases = serde.texts("alias");
                aliases
                    .into_iter()
                    .map(move |alias| quote!((#alias, #name)))
            })
            .collect();
        (!aliases.is_empty()).then(|| {
            quote! {
                fn aliases(&self) -> __aw::std::vec::Vec<(
                    &'static __aw::std::primitive::str,
                    &'static __aw::std::primitive::str,
                )> {
                    __aw::std::vec![#(#aliases),*]
                }
            }
        })
    }

    fn call(&self) -> TokenStream {
        // A future that is not `Send` is reported at the function.
        let span = Span::mixed_site().located_at(self.function.name.span());
        let args = Ident::new("__args", Span::mixed_site());
        let context = Ident::new("__context", Span::mixed_site());
        let this = Ident::new("__this", Span::mixed_site());
        let checks = self.checks(&args);
        let body = self.body(&args, &context, &this);
        let handle = self.target.handle(&this);
        let offloaded = |runner: TokenStream| {
            quote! {
                #handle
                let #context = __aw::std::clone::Clone::clone(#context);
                #runner
            }
        };
        let block = match self.options.execution() {
            Execution::Direct => quote!(#handle #body),
            Execution::Blocking => offloaded(quote! {
                __aw::run_blocking(#context.cancel().clone(), move || { let #context = &#context; #body }).await
            }),
            Execution::Local => offloaded(quote! {
                __aw::run_local(#context.cancel().clone(), move || async move {
                    let #context = &#context;
                    #body
                }).await
            }),
        };
        quote_spanned! {span=>
            async fn call(&self, #args: __Args, #context: &__aw::ToolContext) -> Self::Output {
                #checks
                #block
            }
        }
    }

    /// Asks those arguments that are results what they say of themselves.
    fn checks(&self, args: &Ident) -> Option<TokenStream> {
        let places: Vec<_> = self
            .parameters
            .arguments()
            .filter(|argument| argument.owned.users.is_some())
            .map(|argument| {
                let name = &argument.name;
                let place = argument.pointer();
                quote!(__found.at(#place, (&__aw::Part(&#args.#name)).__check());)
            })
            .collect();
        (!places.is_empty()).then(|| {
            quote! {
                {
                    #[allow(unused_imports)]
                    use __aw::{CheckOther as _, CheckResult as _};
                    let mut __found = __aw::Found::default();
                    #(#places)*
                    __aw::accepted(__found)?;
                }
            }
        })
    }

    /// Calls the function with everything that it takes.
    fn body(&self, args: &Ident, context: &Ident, this: &Ident) -> TokenStream {
        let span = Span::mixed_site().located_at(self.function.name.span());
        let mut injections = Vec::new();
        let mut values = Vec::new();
        for parameter in self.parameters.iter() {
            values.push(match parameter {
                Parameter::Argument(argument) => argument.pass(args, argument.owned.pass),
                Parameter::Context => context.to_token_stream(),
                Parameter::Injected(ty) | Parameter::Lent(ty) => {
                    let value = format_ident!("__cx_{}", injections.len(), span = span);
                    let ty = self.target.own(ty);
                    injections.push(quote! {
                        let #value = <#ty as __aw::FromContext<'_>>::from_context(#context)?;
                    });
                    match parameter {
                        Parameter::Lent(_) => quote!(&#value),
                        _ => value.to_token_stream(),
                    }
                }
            });
        }
        let callee = self.target.callee(&self.function.name);
        let receiver = self.target.receiver(this);
        let wait = self.function.is_async().then(|| quote!(.await));
        let into_result = match self.output() {
            // Names the user's type, so that rustc points at it when a tool cannot return it.
            Some(output) => quote!(<#output as __aw::ToolReturn>::into_result),
            None => quote!(__aw::ToolReturn::into_result),
        };
        quote_spanned! {span=>
            #(#injections)*
            #into_result(#callee(#receiver #(#values),*) #wait)
        }
    }
}

impl Argument {
    /// The same, so that a mistake in its use is reported at `span`.
    fn at(&self, span: Span) -> Self {
        let mut name = self.name.clone();
        name.set_span(name.span().located_at(span));
        Self {
            name,
            ..self.clone()
        }
    }

    /// Where it is in the JSON of a call.
    fn pointer(&self) -> String {
        let serde = Serde::of(&self.attributes);
        if serde.has("flatten") {
            return String::new();
        }
        pointer(&self.json_name(&serde))
    }

    fn json_name(&self, serde: &Serde) -> String {
        let own = || self.name.unraw().to_string();
        serde.text("rename").unwrap_or_else(own)
    }

    fn pass(&self, args: &Ident, pass: Pass) -> TokenStream {
        let name = &self.name;
        match pass {
            Pass::Move => quote!(#args.#name),
            Pass::Borrow => quote!(&#args.#name),
            Pass::AsDeref => quote!(#args.#name.as_deref()),
            Pass::AsRef => quote!(#args.#name.as_ref()),
        }
    }
}

/// A tool that does nothing.
fn stub(target: &Target<'_>) -> TokenStream {
    let ty = target.ty();
    let (generics, condition) = target.generics();
    quote! {
        impl #generics __aw::TypedTool for #ty where #condition {
            type Args = ();
            type Output = ();
            fn spec(&self) -> __aw::ToolSpec {
                __aw::ToolSpec::new("", "")
            }
            async fn call(&self, _: (), _: &__aw::ToolContext) {}
        }
    }
}

/// A block of its own for everything that the user should not see. `outer` are the attributes of what
/// the function stands in.
pub(super) fn hidden(
    function: &Function,
    outer: &[Attribute],
    krate: &TokenStream,
    implementation: &impl ToTokens,
) -> TokenStream {
    let conditions = attributes(function, &["cfg"]);
    let allowed = allowed(outer).chain(allowed(&function.attributes));
    quote! {
        #(#conditions)*
        #(#allowed)*
        #[allow(deprecated, unused_qualifications)]
        const _: () = {
            use #krate::__private as __aw;
            #implementation
        };
    }
}

/// Those of a function's attributes that have one of these names.
pub(super) fn attributes<'a>(function: &'a Function, names: &[&str]) -> Vec<&'a Attribute> {
    let all = function.attributes.iter();
    all.filter(|attribute| is_any(attribute, names)).collect()
}

fn default_name(argument: &Argument) -> Ident {
    format_ident!("__default_{}", argument.name.unraw())
}
