use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, GenericParam, Ident};

use super::attribute::{Options, krate};
use super::expand::{Tool, attributes, hidden};
use super::members::{Member, Members};
use super::name::tool_name;
use super::parameter::{Parameters, strip};
use super::receiver::Access;
use super::signature::Function;
use super::target::{Target, shared};
use super::{checked, complete};
use crate::attributes::{allowed, inside, is_any, print};
use crate::completion::completion;
use crate::error::{Code, Errors, Expansion};
use crate::keys;
use crate::own_type::replace_self;
use crate::settings::Settings;

/// Expands `#[tools(attributes)] item`.
pub(crate) fn expand_tools(attributes: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let settings = Settings::parse(attributes, &keys::TOOLS, &mut errors);
    let set = match syn::parse2::<Members>(item.clone()) {
        Ok(members) => Set {
            members,
            krate: krate(&settings),
        },
        Err(error) => {
            report(error, &item, &mut errors);
            let tokens = leftover(item);
            return Expansion { tokens, errors };
        }
    };
    let keys = completion("tools", settings.written(), &set.krate);
    let expanded = set.expand(&mut errors);
    let tokens = quote!(#expanded #keys);
    Expansion { tokens, errors }
}

/// The methods of one type that are tools.
struct Set {
    members: Members,
    krate: TokenStream,
}

/// What came of one method with `#[tool]`.
struct Method {
    function: Function,
    /// `search_tool`, which makes the tool.
    maker: Ident,
    tool: TokenStream,
}

impl Set {
    fn expand(&self, errors: &mut Errors) -> TokenStream {
        let mut methods = Vec::new();
        let mut has_tool = false;
        let members: TokenStream = self
            .members
            .members
            .iter()
            .map(|member| match member {
                Member::Other(tokens) => tokens.clone(),
                Member::Tool(tool, item) => {
                    has_tool = true;
                    match self.method(tool, item.clone(), errors) {
                        Ok(method) => {
                            let function = method.function.to_token_stream();
                            methods.push(method);
                            function
                        }
                        Err(leftover) => leftover,
                    }
                }
            })
            .collect();
        if !has_tool {
            errors.at(
                &self.members.ty,
                Code::T16,
                "no method here has `#[tool]`, so the set is empty",
                "put `#[tool]` on a method; one that another macro writes is not seen",
            );
        }
        let Members {
            attributes,
            generics,
            ty,
            ..
        } = &self.members;
        let condition = &generics.where_clause;
        let set = self.set(&methods);
        let tools = methods.iter().map(|method| &method.tool);
        quote! {
            #(#attributes)*
            impl #generics #ty #condition {
                #members
            }
            #set
            #(#tools)*
        }
    }

    /// One method: itself, and its tool in a block of its own.
    fn method(
        &self,
        attribute: &Attribute,
        item: TokenStream,
        errors: &mut Errors,
    ) -> Result<Method, TokenStream> {
        let mut own = Errors::default();
        let options = Options::parse(inside(attribute), &keys::METHOD, &mut own);
        let mut function = Function::parse(item, &mut own).inspect_err(|_| {
            errors.append(std::mem::take(&mut own));
        })?;
        let access = Access::of(&function, &mut own);
        let parameters = checked(&mut function, &options, &mut own);
        let name = tool_name(&function, &options, &mut own);
        let target = Target::Method {
            set: &self.members.ty,
            generics: &self.members.generics,
            access,
        };
        self.check_generics(&parameters, &mut own);
        let tool = Tool {
            function: &function,
            parameters: &parameters,
            options: &options,
            name: &name,
            target,
        };
        let implementation = tool.or_stub(&own);
        errors.append(own);
        let maker = format_ident!("{}_tool", function.name.unraw());
        let holder = self.holder(&function, &maker, &name);
        let path = attribute.path();
        // The attribute is read here and gone, but its import is used.
        let import = quote_spanned! {path.span()=>
            #[allow(unused_imports)]
            use #path as _;
        };
        let implementation = quote!(#import #holder #implementation);
        let outer = &self.members.attributes;
        let hidden = hidden(&function, outer, &self.krate, &implementation);
        let completion = complete("method", &options, &parameters, &self.krate);
        let tool = quote!(#hidden #completion);
        Ok(Method {
            function,
            maker,
            tool,
        })
    }

    /// An argument that is another type in each set would need another schema in each.
    fn check_generics(&self, parameters: &Parameters, errors: &mut Errors) {
        let generics = &self.members.generics.params;
        let names: Vec<&Ident> = generics
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Type(parameter) => Some(&parameter.ident),
                GenericParam::Const(parameter) => Some(&parameter.ident),
                GenericParam::Lifetime(_) => None,
            })
            .collect();
        let set = self.members.ty.to_token_stream();
        for argument in parameters.arguments() {
            let mut check = |tokens: TokenStream, help: &str| {
                if mentions(replace_self(tokens.clone(), &set), &names) {
                    let text = format!(
                        "`{}` depends on the generics of the `impl`, but a tool has one schema",
                        print(&tokens)
                    );
                    errors.at(tokens, Code::T06, text, help);
                }
            };
            check(argument.ty.to_token_stream(), "write a concrete type");
            let default = argument.default.to_token_stream();
            check(default, "write a value that is the same for all");
        }
    }

    /// The type that holds the value for one tool, and the method that makes the tool.
    fn holder(&self, function: &Function, maker: &Ident, name: &str) -> TokenStream {
        let Members { generics, ty, .. } = &self.members;
        let condition = &generics.where_clause;
        let (parameters, arguments, _) = generics.split_for_impl();
        let own = replace_self(condition.to_token_stream(), &ty.to_token_stream());
        let shared = shared(ty);
        let visibility = &function.visibility;
        let doc = format!("The tool `{name}`, to be given to an agent without the others.");
        quote! {
            struct __Tool #generics (__aw::std::sync::Arc<#ty>) #own;

            impl #parameters #ty #condition {
                #[doc = #doc]
                #visibility fn #maker(self: &__aw::std::sync::Arc<Self>) -> __aw::Tool
                where
                    #shared
                {
                    let tool: __Tool #arguments = __Tool(__aw::std::clone::Clone::clone(self));
                    __aw::Tool::typed(tool)
                }
            }
        }
    }

    /// What makes the type itself something that can be given to an agent.
    fn set(&self, methods: &[Method]) -> TokenStream {
        let Members {
            attributes: all,
            generics,
            ty,
            ..
        } = &self.members;
        let (parameters, _, condition) = generics.split_for_impl();
        let predicates = condition.map(|condition| &condition.predicates);
        let shared = shared(ty);
        // With generics, it depends on them.
        let check = generics
            .params
            .is_empty()
            .then(|| quote!(const _: () = __aw::check_set::<#ty>();));
        let krate = &self.krate;
        let conditions = all.iter().filter(|attribute| is_any(attribute, &["cfg"]));
        let allowed = allowed(all);
        let pushes = methods.iter().map(
            |Method {
                 function, maker, ..
             }| {
                let conditions = attributes(function, &["cfg"]);
                quote!(#(#conditions)* tools.push(<#ty>::#maker(&self));)
            },
        );
        quote! {
            #(#conditions)*
            #(#allowed)*
            #[allow(deprecated, unused_mut, unused_qualifications)]
            const _: () = {
                use #krate::__private as __aw;
                #check
                impl #parameters __aw::ToolSet for #ty where #shared #predicates {
                    fn tools(self: __aw::std::sync::Arc<Self>) -> __aw::std::vec::Vec<__aw::Tool> {
                        let mut tools = __aw::std::vec::Vec::new();
                        #(#pushes)*
                        tools
                    }
                }
                impl #parameters __aw::IntoTools for #ty where #shared #predicates {
                    fn collect_into(self, tools: &mut __aw::std::vec::Vec<__aw::Tool>) {
                        __aw::IntoTools::collect_into(__aw::std::sync::Arc::new(self), tools);
                    }
                }
            };
        }
    }
}

/// Whether one of the names stands in the tokens.
fn mentions(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => names.contains(&&word),
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn report(error: syn::Error, item: &TokenStream, errors: &mut Errors) {
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    match words.next() {
        Some(word) if word != "impl" && word != "unsafe" => errors.at(
            word,
            Code::T15,
            "`#[tools]` stands on something that is not an `impl`",
            "put it on the `impl` with the methods",
        ),
        _ => errors.syntax(error),
    }
}

/// An `impl` that could not be read, as far as it is whole, without what only `#[tools]` knows.
fn leftover(item: TokenStream) -> TokenStream {
    match item.clone().into_iter().last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            without_tools(item)
        }
        _ => TokenStream::new(),
    }
}

fn without_tools(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in strip(tokens) {
        let is_hash = matches!(kept.last(), Some(TokenTree::Punct(last)) if last.as_char() == '#');
        match token {
            TokenTree::Group(group) if is_hash && names_tool(&group) => {
                kept.pop();
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let mut inner = Group::new(Delimiter::Brace, without_tools(group.stream()));
                inner.set_span(group.span());
                kept.push(inner.into());
            }
            token => kept.push(token),
        }
    }
    kept.into_iter().collect()
}

fn names_tool(attribute: &Group) -> bool {
    matches!(
        attribute.stream().into_iter().next(),
        Some(TokenTree::Ident(name)) if name == "tool"
    )
}
