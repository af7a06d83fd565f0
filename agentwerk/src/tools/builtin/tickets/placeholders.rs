use std::collections::HashMap;

/// Replaces each `{name}` that has a value, in one pass: what is put in is not looked at again, and
/// names without a value stay as they are.
pub(super) fn replace(text: &str, values: &HashMap<&str, &str>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, from_brace) = rest.split_at(start);
        replaced.push_str(before);
        let named = from_brace[1..]
            .split_once('}')
            .and_then(|(name, behind)| Some((*values.get(name)?, behind)));
        match named {
            Some((value, behind)) => {
                replaced.push_str(value);
                rest = behind;
            }
            None => {
                replaced.push('{');
                rest = &from_brace[1..];
            }
        }
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn known_names_are_replaced_once_and_all_else_stays() {
        let values = [("key", "TICKET-1"), ("result", "{key} {result}")].into();
        let text = "{key}: {result} {unknown} {{key}} {key";
        let expected = "TICKET-1: {key} {result} {unknown} {TICKET-1} {key";
        assert_eq!(replace(text, &values), expected);
    }
}
