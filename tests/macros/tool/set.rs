use std::fmt::Display;
use std::sync::{Arc, Mutex};

use agentwerk::tools::{IntoTools, State, Tool, ToolContext, ToolError};
use agentwerk::{tool, tools};
use serde_json::json;

use super::{call, call_in};

#[derive(Default)]
struct Desk {
    notes: Mutex<Vec<String>>,
}

#[tools]
impl Desk {
    const NOTES_MAX: usize = { 2 };

    fn room(&self) -> usize {
        Self::NOTES_MAX - self.notes.lock().unwrap().len()
    }

    /// Writes a note down.
    #[tool(idempotent)]
    async fn write_note(
        &self,
        /// What to remember.
        #[schemars(length(min = 1))]
        text: &str,
        context: &ToolContext,
    ) -> Result<String, ToolError> {
        if self.room() == 0 {
            return Err(ToolError::retry("Remove a note first."));
        }
        self.notes.lock().unwrap().push(text.to_owned());
        Ok(format!("{} in {}", self.room(), context.dir().display()))
    }

    /// Counts the notes.
    #[tool(name = "count-notes", read_only, blocking)]
    pub(crate) fn count(&self, #[arg(default = Self::NOTES_MAX)] at_most: usize) -> usize {
        self.notes.lock().unwrap().len().min(at_most)
    }

    /// Says hello, for which nothing is needed.
    #[tool]
    fn greet(name: Option<&str>, greeting: State<String>) -> String {
        format!("{} {}", *greeting, name.unwrap_or("all"))
    }

    /// Keeps the desk.
    #[tool(local)]
    async fn keep(self: Arc<Self>) -> bool {
        Arc::strong_count(&self) > 1
    }

    /// Looks at the desk.
    #[tool]
    #[cfg(test)]
    async fn look(self: &Arc<Self>) -> usize {
        self.room()
    }

    /// Is not there.
    #[cfg(not(test))]
    #[tool]
    async fn burn(&self) -> Nothing {}
}

fn collected(tools: impl IntoTools) -> Vec<Tool> {
    let mut all = Vec::new();
    tools.collect_into(&mut all);
    all
}

fn names(tools: &[Tool]) -> Vec<&str> {
    tools.iter().map(|tool| tool.spec().name.as_str()).collect()
}

#[tokio::test]
async fn methods_are_tools_that_share_their_value() {
    let desk = Arc::new(Desk::default());
    let tools = collected(Arc::clone(&desk));
    let expected = ["write_note", "count-notes", "greet", "keep", "look"];
    assert_eq!(names(&tools), expected);

    let text = json!({ "text": "a" });
    assert_eq!(call(&tools[0], text.clone()).await.unwrap(), "1 in /base");
    assert_eq!(call(&tools[0], text.clone()).await.unwrap(), "0 in /base");
    let full = call(&tools[0], text).await.unwrap_err();
    assert_eq!(full.to_string(), "Remove a note first.");
    assert_eq!(call(&tools[1], json!({})).await.unwrap(), json!(2));
    assert_eq!(
        call(&tools[1], json!({ "at_most": 1 })).await.unwrap(),
        json!(1)
    );
    assert_eq!(call(&tools[3], json!({})).await.unwrap(), json!(true));
    assert_eq!(call(&tools[4], json!({})).await.unwrap(), json!(0));
    assert_eq!(desk.notes.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_method_without_a_receiver_is_a_tool_too() {
    let context = ToolContext::new(".").with_state("Hello,".to_owned());
    let greet = Arc::new(Desk::default()).greet_tool();
    let said = call_in(&context, greet, json!({ "name": "Ada" })).await;
    assert_eq!(said.unwrap(), "Hello, Ada");
}

#[test]
fn methods_say_what_functions_say() {
    let tools = collected(Desk::default());
    let note = tools[0].spec();
    assert_eq!(note.description, "Writes a note down.");
    assert!(note.idempotent);
    let text = json!({ "type": "string", "description": "What to remember.", "minLength": 1 });
    assert_eq!(note.schema["properties"]["text"], text);
    let count = tools[1].spec();
    assert!(count.read_only);
    assert_eq!(count.schema["properties"]["at_most"]["default"], 2);
    assert_eq!(tools[2].states().len(), 1);
}

#[tokio::test]
async fn one_tool_can_be_taken_and_sets_can_be_joined() {
    let desk = Arc::new(Desk::default());
    let both = collected((desk.write_note_tool(), Page { body: 7 }));
    assert_eq!(names(&both), ["write_note", "show"]);
    assert_eq!(call(&both[1], json!({ "times": 2 })).await.unwrap(), "7 7");
    assert_eq!(desk.count(9), 0);
}

struct Page<T> {
    body: T,
}

#[tools]
impl<T> Page<T>
where
    T: Display + Send + Sync + 'static,
{
    /// Shows the page.
    #[tool(read_only)]
    async fn show(&self, times: usize) -> String {
        vec![self.body.to_string(); times].join(" ")
    }
}

mod shelves {
    /// Books.
    #[derive(Debug)]
    pub(super) struct Shelf(pub(super) u8);

    #[agentwerk::tools]
    impl Shelf {
        /// Counts the books.
        #[agentwerk::tool]
        pub(super) fn count_books(&self) -> u8 {
            self.0
        }
    }
}

#[tokio::test]
async fn the_macros_may_be_named_by_their_path() {
    let shelf = Arc::new(shelves::Shelf(7));
    assert_eq!(shelf.count_books(), 7);
    let tool = shelf.count_books_tool();
    assert_eq!(call(tool, json!({})).await.unwrap(), json!(7));
}

struct Grid<T, const N: usize>([T; N]);

/// An error with a constant in its type.
#[derive(Debug)]
struct Never<T, const N: usize>(std::convert::Infallible, [T; N]);

impl<T, const N: usize> Display for Never<T, N> {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {}
    }
}

impl<T: std::fmt::Debug, const N: usize> std::error::Error for Never<T, N> {}

#[tools]
impl<T> Grid<T, { 2 + 1 }>
where
    T: Copy + Into<f64> + Send + Sync + 'static,
    Self: Sized,
{
    /// Sums up.
    #[tool]
    fn sum<'a>(&'a self, unit: &'a str) -> Result<Vec<(f64, &'a str)>, Never<u8, { 1 + 1 }>> {
        Ok(vec![(
            self.all().0.iter().map(|each| (*each).into()).sum(),
            unit,
        )])
    }

    fn all(&self) -> &Grid<T, { 1 + 2 }> {
        self
    }

    /// Counts.
    #[tool]
    fn count(&self) -> usize {
        self.0.len()
    }
}

#[tokio::test]
async fn the_impl_may_have_constants_and_bounds_of_its_own() {
    let tools = collected(Grid([1_u8, 2, 3]));
    assert_eq!(names(&tools), ["sum", "count"]);
    let sum = call(&tools[0], json!({ "unit": "m" })).await;
    assert_eq!(sum.unwrap(), json!([[6.0, "m"]]));
}
