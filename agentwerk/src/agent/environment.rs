use super::agent::Agent;
use crate::providers::{EnvironmentError, SharedProvider};

/// Provider and model as the environment names them.
impl Agent {
    /// Sets the provider that the environment names; see
    /// [`SharedProvider::from_env`](crate::providers::SharedProvider::from_env).
    ///
    /// # Panics
    /// The environment names none. [`try_from_env`](Self::try_from_env) does not panic.
    #[track_caller]
    pub fn provider_from_env(self) -> Self {
        let provider = expect_environment(SharedProvider::from_env());
        self.provider(provider)
    }

    /// Sets the model that the environment names, or the default one of the provider that it names.
    ///
    /// # Panics
    /// The environment names neither. [`try_from_env`](Self::try_from_env) does not panic.
    #[track_caller]
    pub fn model_from_env(self) -> Self {
        let model = expect_environment(crate::providers::model_from_env());
        self.model(model)
    }

    /// Sets provider and model as the environment names them.
    ///
    /// # Panics
    /// The environment names no provider. [`try_from_env`](Self::try_from_env) does not panic.
    ///
    /// # Examples
    /// ```no_run
    /// use agentwerk::Agent;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let work = Agent::new().from_env().task("Say hello.").finish().await;
    /// assert!(work.last_result().is_some());
    /// # }
    /// ```
    #[track_caller]
    pub fn from_env(self) -> Self {
        self.provider_from_env().model_from_env()
    }

    /// Sets provider and model as the environment names them.
    ///
    /// # Errors
    /// The environment names no provider; the error says which variables to set.
    pub fn try_from_env(self) -> Result<Self, EnvironmentError> {
        let provider = SharedProvider::from_env()?;
        let model = crate::providers::model_from_env()?;
        Ok(self.provider(provider).model(model))
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "documented: the `from_env` builders panic")]
fn expect_environment<T>(found: Result<T, EnvironmentError>) -> T {
    match found {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
