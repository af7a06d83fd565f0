#[tools]
#[allow(clippy::unused_async)]
impl<T> Desk<T>
where
    T: Store,
{
    const NOTES_MAX: usize = 3;

    /// Writes a note down.
    #[tool(idempotent)]
    pub async fn write_note(&self, text: &str, #[arg(default = 3)] most: usize) -> bool {
        self.write(text, most).await
    }

    /// Waits.
    #[tool(local)]
    #[cfg(test)]
    async fn wait(self: Arc<Self>, context: &ToolContext) {}

    fn write(&self, text: &str, most: usize) -> Writing {
        self.store.write(text, most)
    }
}

// Expands to:

#[allow(clippy::unused_async)]
impl<T> Desk<T>
where
    T: Store,
{
    const NOTES_MAX: usize = 3;
    /// Writes a note down.
    pub async fn write_note(&self, text: &str, most: usize) -> bool {
        self.write(text, most).await
    }
    /// Waits.
    #[cfg(test)]
    async fn wait(self: Arc<Self>, context: &ToolContext) {}
    fn write(&self, text: &str, most: usize) -> Writing {
        self.store.write(text, most)
    }
}
#[allow(clippy::unused_async)]
#[allow(deprecated, unused_mut, unused_qualifications)]
const _: () = {
    use ::agentwerk::__private as __aw;
    impl<T> __aw::ToolSet for Desk<T>
    where
        for<'__a> Desk<T>: __aw::AssumedShared<'__a>,
        T: Store,
    {
        fn tools(self: __aw::std::sync::Arc<Self>) -> __aw::std::vec::Vec<__aw::Tool> {
            let mut tools = __aw::std::vec::Vec::new();
            tools.push(<Desk<T>>::write_note_tool(&self));
            #[cfg(test)] tools.push(<Desk<T>>::wait_tool(&self));
            tools
        }
    }
    impl<T> __aw::IntoTools for Desk<T>
    where
        for<'__a> Desk<T>: __aw::AssumedShared<'__a>,
        T: Store,
    {
        fn collect_into(self, tools: &mut __aw::std::vec::Vec<__aw::Tool>) {
            __aw::IntoTools::collect_into(__aw::std::sync::Arc::new(self), tools);
        }
    }
};
#[allow(clippy::unused_async)]
#[allow(deprecated, unused_qualifications)]
const _: () = {
    use ::agentwerk::__private as __aw;
    #[allow(unused_imports)]
    use tool as _;
    struct __Tool<T>(
        __aw::std::sync::Arc<Desk<T>>,
    )
    where
        T: Store;
    impl<T> Desk<T>
    where
        T: Store,
    {
        ///The tool `write_note`, to be given to an agent without the others.
        pub fn write_note_tool(self: &__aw::std::sync::Arc<Self>) -> __aw::Tool
        where
            for<'__a> Desk<T>: __aw::AssumedShared<'__a>,
        {
            let tool: __Tool<T> = __Tool(__aw::std::clone::Clone::clone(self));
            __aw::Tool::typed(tool)
        }
    }
    const _: () = {
        __aw::check_arg::<usize>();
    };
    fn __default_most() -> usize {
        3
    }
    #[derive(__aw::serde::Deserialize, __aw::schemars::JsonSchema)]
    #[serde(
        crate = "__aw::serde",
        expecting = "an object with the arguments of `write_note`"
    )]
    #[serde(deny_unknown_fields)]
    #[schemars(crate = "__aw::schemars")]
    pub struct __Args
    where
        for<'__a> usize: __aw::AssumedArg<'__a>,
    {
        text: __aw::std::string::String,
        #[serde(default = "__default_most")]
        most: usize,
    }
    impl<T> __aw::TypedTool for __Tool<T>
    where
        for<'__a> usize: __aw::AssumedArg<'__a>,
        for<'__a> Desk<T>: __aw::AssumedShared<'__a>,
        T: Store,
    {
        type Args = __Args;
        type Output = __aw::std::result::Result<__aw::ToolResult, __aw::ToolError>;
        fn spec(&self) -> __aw::ToolSpec {
            let spec = __aw::ToolSpec::new(
                    "write_note",
                    __aw::description(&[" Writes a note down."]),
                )
                .schema(__aw::schema_of_args::<__Args>())
                .idempotent(true);
            #[allow(unused_imports)]
            use __aw::{OutputWithSchema as _, OutputWithoutSchema as _};
            let spec = match (&__aw::output_of::<bool>()).schema() {
                __aw::std::option::Option::Some(schema) => spec.output(schema),
                __aw::std::option::Option::None => spec,
            };
            spec
        }
        async fn call(
            &self,
            __args: __Args,
            __context: &__aw::ToolContext,
        ) -> Self::Output {
            {
                #[allow(unused_imports)]
                use __aw::{CheckOther as _, CheckResult as _};
                let mut __found = __aw::Found::default();
                __found.at("/most", (&__aw::Part(&__args.most)).__check());
                __aw::accepted(__found)?;
            }
            let __this = __aw::std::sync::Arc::clone(&self.0);
            <bool as __aw::ToolReturn>::into_result(
                <Desk<T>>::write_note(&*__this, &__args.text, __args.most).await,
            )
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::method::idempotent as _;
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::arg::default as _;
    }
};
#[cfg(test)]
#[allow(clippy::unused_async)]
#[allow(deprecated, unused_qualifications)]
const _: () = {
    use ::agentwerk::__private as __aw;
    #[allow(unused_imports)]
    use tool as _;
    struct __Tool<T>(
        __aw::std::sync::Arc<Desk<T>>,
    )
    where
        T: Store;
    impl<T> Desk<T>
    where
        T: Store,
    {
        ///The tool `wait`, to be given to an agent without the others.
        fn wait_tool(self: &__aw::std::sync::Arc<Self>) -> __aw::Tool
        where
            for<'__a> Desk<T>: __aw::AssumedShared<'__a>,
        {
            let tool: __Tool<T> = __Tool(__aw::std::clone::Clone::clone(self));
            __aw::Tool::typed(tool)
        }
    }
    const _: () = {};
    #[derive(__aw::serde::Deserialize, __aw::schemars::JsonSchema)]
    #[serde(crate = "__aw::serde", expecting = "an object with the arguments of `wait`")]
    #[serde(deny_unknown_fields)]
    #[schemars(crate = "__aw::schemars")]
    pub struct __Args {}
    impl<T> __aw::TypedTool for __Tool<T>
    where
        for<'__a> Desk<T>: __aw::AssumedShared<'__a>,
        T: Store,
    {
        type Args = __Args;
        type Output = __aw::std::result::Result<__aw::ToolResult, __aw::ToolError>;
        fn spec(&self) -> __aw::ToolSpec {
            let spec = __aw::ToolSpec::new("wait", __aw::description(&[" Waits."]))
                .schema(__aw::schema_of_args::<__Args>());
            #[allow(unused_imports)]
            use __aw::{OutputWithSchema as _, OutputWithoutSchema as _};
            let spec = match (&__aw::output_of::<()>()).schema() {
                __aw::std::option::Option::Some(schema) => spec.output(schema),
                __aw::std::option::Option::None => spec,
            };
            spec
        }
        async fn call(
            &self,
            __args: __Args,
            __context: &__aw::ToolContext,
        ) -> Self::Output {
            let __this = __aw::std::sync::Arc::clone(&self.0);
            let __context = __aw::std::clone::Clone::clone(__context);
            __aw::run_local(
                    __context.cancel().clone(),
                    move || async move {
                        let __context = &__context;
                        <() as __aw::ToolReturn>::into_result(
                            <Desk<
                                T,
                            >>::wait(__aw::std::sync::Arc::clone(&__this), __context)
                                .await,
                        )
                    },
                )
                .await
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::method::local as _;
    }
};
