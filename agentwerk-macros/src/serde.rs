use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Path, Token};

/// What serde is told in the attributes of one type, variant or field.
///
/// A mistake in them is for serde to report; here it only hides what stands beside it.
#[derive(Default)]
pub(crate) struct Serde(Vec<Meta>);

impl Serde {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let metas = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("serde"))
            .filter_map(|attribute| {
                let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
                attribute.parse_args_with(parse).ok()
            })
            .flatten();
        Self(metas.collect())
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Meta> {
        self.0.iter().find(|meta| meta.path().is_ident(key))
    }

    /// The key itself, where it stands.
    pub(crate) fn key(&self, key: &str) -> Option<&Path> {
        self.get(key).map(Meta::path)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(key))
    }

    /// The text behind a key: of `key(deserialize = "..")` too, because that is what is read.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let meta = self.get(key)?;
        directions(meta).map_or_else(|| text(meta), |(_, read)| read)
    }
}

impl Serde {
    /// The texts behind a key that may be there several times.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let metas = self.0.iter().filter(|meta| meta.path().is_ident(key));
        metas.filter_map(text).collect()
    }
}

/// What `key(serialize = "..", deserialize = "..")` says of writing and of reading.
pub(crate) fn directions(meta: &Meta) -> Option<(Option<String>, Option<String>)> {
    let Meta::List(list) = meta else {
        return None;
    };
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    let inner = Serde(list.parse_args_with(parse).ok()?.into_iter().collect());
    let of = |key| inner.get(key).and_then(text);
    Some((of("serialize"), of("deserialize")))
}

fn text(meta: &Meta) -> Option<String> {
    let mut value = &meta.require_name_value().ok()?.value;
    // What a `macro_rules!` put in.
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// A step of a JSON pointer, escaped as RFC 6901 wants it.
pub(crate) fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
