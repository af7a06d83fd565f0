use serde_json::Value;

/// Levels of arrays and objects in a task or a result. Parsers of JSON go down 128.
const LEVELS_MAX: usize = 120;

/// Why a value cannot be kept, if it lies too deep for whoever reads it again.
pub(crate) fn check_nesting(value: &Value) -> Result<(), String> {
    if fits(value, LEVELS_MAX) {
        Ok(())
    } else {
        Err(format!(
            "it has more than {LEVELS_MAX} levels of arrays and objects"
        ))
    }
}

fn fits(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else {
        return !value.is_array() && !value.is_object();
    };
    match value {
        Value::Array(items) => items.iter().all(|item| fits(item, below)),
        Value::Object(fields) => fields.values().all(|field| fits(field, below)),
        _ => true,
    }
}
