use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::placeholders::replace;

/// What stands for names in braces in the texts that an agent is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct TemplateVariables(BTreeMap<String, Result<String, Arc<serde_json::Error>>>);

/// A variable that no text can use.
#[derive(Debug)]
pub(crate) enum UnusableVariable<'a> {
    /// Its name is empty, or has a brace in it.
    Name(&'a str),
    /// Its value cannot be written as JSON.
    Value(&'a str, &'a Arc<serde_json::Error>),
}

impl TemplateVariables {
    /// Sets a variable; the last value of a name counts.
    pub(crate) fn set(&mut self, name: String, value: impl Serialize) {
        let value = serde_json::to_value(value).map(|value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        });
        self.0.insert(name, value.map_err(Arc::new));
    }

    /// Whether all of them can be used.
    pub(crate) fn check(&self) -> Result<(), UnusableVariable<'_>> {
        for (name, value) in &self.0 {
            if name.is_empty() || name.contains(['{', '}']) {
                return Err(UnusableVariable::Name(name));
            }
            if let Err(error) = value {
                return Err(UnusableVariable::Value(name, error));
            }
        }
        Ok(())
    }

    /// The text with the values in place of their names.
    pub(crate) fn fill(&self, text: &str) -> String {
        replace(text, |name| self.0.get(name)?.as_deref().ok())
    }

    /// The same for a task. In one that is no text, the texts in it are filled, so that it stays JSON.
    pub(crate) fn fill_task(&self, task: &Value) -> String {
        match task {
            Value::String(text) => self.fill(text),
            other => self.fill_value(other).to_string(),
        }
    }

    fn fill_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => items.iter().map(|item| self.fill_value(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.iter();
                fields
                    .map(|(name, field)| (name.clone(), self.fill_value(field)))
                    .collect()
            }
            other => other.clone(),
        }
    }
}
