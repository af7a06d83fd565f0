use syn::{GenericArgument, PathArguments, Type, parse_quote};

/// The owned form of a type that borrows: `String` for `&str`. `None` for one that owns its data.
pub(super) fn owned(ty: &Type) -> Option<Type> {
    match ty {
        Type::Reference(reference) => Some(of_referenced(&reference.elem)),
        Type::Group(group) => owned(&group.elem),
        Type::Paren(group) => owned(&group.elem),
        Type::Array(array) => {
            let mut array = array.clone();
            *array.elem = owned(&array.elem)?;
            Some(Type::Array(array))
        }
        Type::Tuple(tuple) => {
            let mut tuple = tuple.clone();
            let changed = replace(tuple.elems.iter_mut());
            changed.then_some(Type::Tuple(tuple))
        }
        Type::Path(path) => {
            let mut path = path.clone();
            let last = path.path.segments.last_mut()?;
            let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
                return None;
            };
            let types = arguments
                .args
                .iter_mut()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                });
            let changed = replace(types);
            changed.then_some(Type::Path(path))
        }
        _ => None,
    }
}

/// Makes types owned; whether one of them was not.
fn replace<'a>(types: impl Iterator<Item = &'a mut Type>) -> bool {
    let mut changed = false;
    for ty in types {
        if let Some(owned) = owned(ty) {
            *ty = owned;
            changed = true;
        }
    }
    changed
}

fn of_referenced(ty: &Type) -> Type {
    match ty {
        Type::Group(group) => of_referenced(&group.elem),
        Type::Paren(group) => of_referenced(&group.elem),
        Type::Slice(slice) => {
            let element = owned(&slice.elem).unwrap_or_else(|| (*slice.elem).clone());
            parse_quote!(Vec<#element>)
        }
        Type::Path(path) => match path.path.segments.last() {
            Some(last) if last.ident == "str" => parse_quote!(String),
            Some(last) if last.ident == "Path" => parse_quote!(PathBuf),
            _ => owned(ty).unwrap_or_else(|| ty.clone()),
        },
        _ => owned(ty).unwrap_or_else(|| ty.clone()),
    }
}
