//! Placeholders: names in braces that stand for a text.

/// Replaces each `{name}` that has a value, in one pass: what is put in is not looked at again, and
/// everything else stays as it is. The time that it takes grows with the text and no faster.
pub(crate) fn replace<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, braced) = rest.split_at(start);
        replaced.push_str(before);
        let inside = &braced[1..];
        // A brace that is opened again before it is closed is a text of its own.
        let end = inside.find(['{', '}']).unwrap_or(inside.len());
        let (name, behind) = inside.split_at(end);
        let known = behind
            .strip_prefix('}')
            .and_then(|behind| Some((value(name)?, behind)));
        match known {
            Some((value, behind)) => {
                replaced.push_str(value);
                rest = behind;
            }
            None => {
                replaced.push('{');
                replaced.push_str(name);
                rest = behind;
            }
        }
    }
    replaced + rest
}

#[cfg(test)]
mod tests {
    use super::replace;

    fn value(name: &str) -> Option<&'static str> {
        match name {
            "key" => Some("TICKET-1"),
            "result" => Some("{key} {result} }{"),
            _ => None,
        }
    }

    #[test]
    fn known_names_are_replaced_once_and_all_else_stays() {
        let cases = [
            ("", ""),
            ("no braces", "no braces"),
            ("{key}", "TICKET-1"),
            ("{key}{key}", "TICKET-1TICKET-1"),
            ("{result}", "{key} {result} }{"),
            (
                "{key}: {result} {unknown}",
                "TICKET-1: {key} {result} }{ {unknown}",
            ),
            ("{{key}}", "{TICKET-1}"),
            ("{a{key}", "{aTICKET-1"),
            ("{ key }", "{ key }"),
            ("{Key}", "{Key}"),
            ("{}", "{}"),
            ("}{", "}{"),
            ("{key", "{key"),
            ("{é}{key}é", "{é}TICKET-1é"),
            (r#"{"key": {key}}"#, r#"{"key": TICKET-1}"#),
        ];
        for (text, expected) in cases {
            assert_eq!(replace(text, value), expected, "{text}");
        }
    }

    #[test]
    fn a_text_of_braces_takes_no_longer_than_its_length() {
        // A search for the end of each brace would look at 10^12 bytes.
        let braces = "{".repeat(1_000_000);
        assert_eq!(replace(&braces, value).len(), braces.len());
        let names = "{a".repeat(500_000) + "}";
        assert_eq!(replace(&names, value), names);
    }
}
